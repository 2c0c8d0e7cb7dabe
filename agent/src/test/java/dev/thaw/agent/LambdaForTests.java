package dev.thaw.agent;

import dev.thaw.local.FunctionsFile;
import dev.thaw.local.LocalPlatform;
import dev.thaw.local.PlatformOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The test functions on the real Lambda runtime, with the packaged agent or without one. */
public final class LambdaForTests implements AutoCloseable {

  private static final Path HOME =
      Path.of(System.getProperty("thaw.platform")).toAbsolutePath().normalize();
  private static final String[] FUNCTIONS = {
    "Streams",
    "Ignores",
    "Typed",
    "Plain::greet",
    "Throws::handle",
    "Overflows::handle",
    "Exits::handle",
    "Hangs::handle",
    "HangsInSocket::handle",
    "HangsInLock::handle",
    "HangsInJoin::handle",
    "HangsInLoop::handle",
    "FailsToInit::handle",
    "ExitsInInit::handle",
    "HangsInInit::handle",
    "RunsOutOfMemory::handle",
    "Halts::handle",
    "Interrupts::handle",
    "Restored::handle",
    "Slow::handle",
    "JdkHttp::handle",
    "JdkHttpRefused::handle",
    "AwsSdk::handle",
    "Inherits",
    "FillsGeneric",
    "FromInterface",
    "InVirtualThreads::handle"
  };

  /** Have one environment, so that the next invocation comes to the same one. */
  private static final Set<String> ALONE = Set.of("Halts", "JdkHttpRefused");

  private static boolean isLaidOut;

  private final LocalPlatform platform;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * @param agent whether the agent is attached
   * @param settings its variables
   */
  public LambdaForTests(Path work, boolean agent, Map<String, String> settings) throws IOException {
    this(work, agent, settings, null);
  }

  /**
   * @param javaHome the JDK that runs the functions; null for this one
   */
  public LambdaForTests(
      Path work, boolean agent, Map<String, String> settings, @Nullable Path javaHome)
      throws IOException {
    Path root = taskRoot();
    StringBuilder yaml = new StringBuilder("functions:\n");
    for (String handler : FUNCTIONS) {
      String name = handler.replaceAll("::.*", "");
      yaml.append(
          "  %s: { handler: \"dev.thaw.agent.functions.AgentTestFunctions$%s\", code: [\"%s\"], timeout: %s, concurrency: %d%s }%n"
              .formatted(
                  name.toLowerCase(java.util.Locale.ROOT),
                  handler,
                  root,
                  name.startsWith("Hangs") ? "3s" : "60s",
                  ALONE.contains(name) ? 1 : 2,
                  name.equals("Restored")
                      ? ", environment: { AWS_LAMBDA_INITIALIZATION_TYPE: snap-start }"
                      : ""));
    }
    yaml.append("queues: { work: {} }\n");
    Path file = Files.writeString(work.resolve("functions.yaml"), yaml);
    PlatformOptions options =
        PlatformOptions.defaults(HOME.resolve("runtime/aws-lambda"), work.resolve("platform"))
            .withAgent(agent ? Path.of(System.getProperty("thaw.agent")) : null)
            .withEnvironment(settings);
    platform =
        LocalPlatform.start(
            FunctionsFile.read(file), javaHome == null ? options : options.withJavaHome(javaHome));
  }

  /**
   * The compiled test functions as classes, the AWS SDK under lib/: as a deployment package is laid
   * out. Once for all tests of a process.
   */
  public static synchronized Path taskRoot() throws IOException {
    Path root = Path.of("target/test-task").toAbsolutePath();
    if (isLaidOut) {
      return root;
    }
    Files.createDirectories(root);
    Path classes = Path.of("target/test-classes/dev/thaw/agent/functions").toAbsolutePath();
    Path folder = Files.createDirectories(root.resolve("dev/thaw/agent"));
    copy(classes, folder.resolve("functions"));
    Path lib = Files.createDirectories(root.resolve("lib"));
    try (Stream<Path> jars = Files.list(HOME.resolve("functions/samples/lib"))) {
      for (Path jar : jars.toList()) {
        Files.copy(jar, lib.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    isLaidOut = true;
    return root;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  public HttpResponse<String> invoke(String function, String payload)
      throws IOException, InterruptedException {
    return Invoke.function(platform, function, payload);
  }

  /** Takes one message from a queue and says what the attribute holds. */
  public String messageAttribute(String queue, String attribute) {
    String url = platform.queueUrl(queue);
    try (SqsClient sqs =
        SqsClient.builder()
            .endpointOverride(URI.create(url).resolve("/"))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      return sqs.receiveMessage(
              request -> request.queueUrl(url).messageAttributeNames("All").waitTimeSeconds(5))
          .messages()
          .get(0)
          .messageAttributes()
          .get(attribute)
          .stringValue();
    }
  }

  public LocalPlatform platform() {
    return platform;
  }

  @Override
  public void close() throws IOException {
    platform.close();
  }
}
