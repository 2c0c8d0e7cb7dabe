package dev.thaw.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The house as docs/architecture.md draws it. */
@AnalyzeClasses(packages = "dev.thaw.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {

  @ArchTest
  static final ArchRule theDomainKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("..invocation..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.thaw.agent..")
                  .and(resideOutsideOfPackage("..invocation.."))
                  .and(resideOutsideOfPackage("..log..")));

  @ArchTest
  static final ArchRule onlyWeaveKnowsBytecode =
      noClasses()
          .that()
          .resideOutsideOfPackage("..weave..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("net.bytebuddy..");

  @ArchTest
  static final ArchRule nothingCarriesOpenTelemetrysClasses =
      noClasses().should().dependOnClassesThat().resideInAPackage("io.opentelemetry..");

  @ArchTest
  static final ArchRule clientsDoNotKnowThePlatform =
      noClasses()
          .that()
          .resideInAPackage("..client..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..platform..");

  @ArchTest
  static void clientsDoNotKnowEachOther(JavaClasses agent) {
    List<String> clients = new ArrayList<>();
    for (JavaClass type : agent) {
      if (type.getAllRawInterfaces().stream().anyMatch(i -> i.getSimpleName().equals("Client"))) {
        clients.add(type.getName());
      }
    }
    assertThat(clients).hasSizeGreaterThan(8);
    for (String client : clients) {
      String others =
          clients.stream()
              .filter(other -> !other.equals(client))
              .map(other -> other.replace(".", "\\.") + "(\\$.*)?")
              .collect(Collectors.joining("|"));
      noClasses()
          .that()
          .haveNameMatching(client.replace(".", "\\.") + "(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(others)
          .check(agent);
    }
  }

  @ArchTest
  static final ArchRule noPackageIsInACycle =
      slices().matching("dev.thaw.agent.(*)..").should().beFreeOfCycles();

  /** What a cold start would pay for: each of these loads dozens to hundreds of classes. */
  @ArchTest
  static final ArchRule theStartPathTouchesNothingExpensive =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.util.logging..",
              "java.nio.file..",
              "javax.management..",
              "java.lang.management..",
              "java.util.regex..");

  @ArchTest
  static final ArchRule nothingIsMadeByInvokedynamic = classes().should(new HaveNoInvokedynamic());

  /**
   * Lambdas, method references and string concatenation by invokedynamic: some 30 ms at the first
   * one of a process.
   */
  private static final class HaveNoInvokedynamic extends ArchCondition<JavaClass> {
    HaveNoInvokedynamic() {
      super("be compiled without invokedynamic");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      String path = "/" + type.getName().replace('.', '/') + ".class";
      try (InputStream in = HouseRulesTest.class.getResourceAsStream(path)) {
        if (in == null) {
          return;
        }
        // The bootstrap methods' attribute is there if, and only if, a class has an invokedynamic.
        String bytes = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        if (bytes.contains("BootstrapMethods")) {
          events.add(SimpleConditionEvent.violated(type, type.getName() + " uses invokedynamic"));
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
