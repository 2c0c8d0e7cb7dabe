package dev.thaw.collector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The house as docs/architecture.md draws it: data flows one way, and nothing points back. */
@AnalyzeClasses(
    packages = "dev.thaw.collector",
    importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {

  @ArchTest
  static final ArchRule theModelDependsOnNothing =
      classes()
          .that()
          .resideInAPackage("..collector.model..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.thaw.collector.model..", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule receivingNeverAsks =
      noClasses()
          .that()
          .resideInAPackage("..receive..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..query..", "..analysis..", "..serve..", "..alert..");

  @ArchTest
  static final ArchRule sqlLivesInItsEngineOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("..store.duckdb..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "org.duckdb..");

  @ArchTest
  static final ArchRule analysisIsPure =
      noClasses()
          .that()
          .resideInAPackage("..analysis..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..store..",
              "..receive..",
              "..serve..",
              "java.io..",
              "java.nio.file..",
              "java.nio.channels..",
              "java.net..");

  @ArchTest
  static final ArchRule theStoreAsksNobody =
      noClasses()
          .that()
          .resideInAPackage("..store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..query..", "..analysis..", "..serve..", "..alert..", "..receive..");

  @ArchTest
  static final ArchRule theJournalKnowsNothingOfWhatItKeeps =
      classes()
          .that()
          .resideInAPackage("..collector.journal..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.thaw.collector.journal..", "java..", "org.jspecify..", "org.slf4j..");

  @ArchTest
  static final ArchRule channelsKnowNoRules =
      noClasses()
          .that()
          .resideInAPackage("..alert.channel..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..store..", "..query..", "..model..");

  @ArchTest
  static final ArchRule noPackageIsInACycle =
      slices().matching("dev.thaw.collector.(*)..").should().beFreeOfCycles();
}
