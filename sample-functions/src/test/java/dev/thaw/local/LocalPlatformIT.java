package dev.thaw.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The local platform against the real runtime, by the real AWS SDK. */
class LocalPlatformIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path PLATFORM = Path.of("target/platform").toAbsolutePath();

  @TempDir static Path work;

  private static LocalPlatform platform;
  private static LambdaClient lambda;
  private static Path endedFile;

  @BeforeAll
  static void start() throws Exception {
    // A machine may be ten times slower than the one that this was written on.
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    endedFile = work.resolve("ended");
    Path file = work.resolve("functions.yaml");
    Files.writeString(
        file,
        """
        functions:
          echo: { handler: "dev.thaw.local.functions.TestFunctions$Echo", code: ["%1$s"], timeout: 15s, concurrency: 1, triggers: [{ http: /echo }] }
          narrow: { handler: "dev.thaw.local.functions.TestFunctions$Sleeps", code: ["%1$s"], timeout: 20s, concurrency: 1 }
          sleeps: { handler: "dev.thaw.local.functions.TestFunctions$Sleeps", code: ["%1$s"], timeout: 8s, concurrency: 1 }
          throws: { handler: "dev.thaw.local.functions.TestFunctions$Throws::handle", code: ["%1$s"], timeout: 15s, concurrency: 1 }
          exits: { handler: "dev.thaw.local.functions.TestFunctions$Exits::handle", code: ["%1$s"], timeout: 15s }
          absent: { handler: "no.such.Handler", code: ["%1$s"], timeout: 15s }
          extension:
            handler: "dev.thaw.local.functions.TestFunctions$WithExtension"
            code: ["%1$s"]
            timeout: 2s
            environment: { ENDED_FILE: "%2$s" }
          batch:
            handler: "dev.thaw.local.functions.TestFunctions$Batch::handle"
            code: ["%1$s"]
            timeout: 15s
            concurrency: 1
            triggers: [{ queue: work, batch-size: 10 }]
          onobject: { handler: "dev.thaw.local.functions.TestFunctions$Notes", code: ["%1$s"], timeout: 15s, environment: { NOTES_FILE: "%2$s-object" }, triggers: [{ bucket: pictures }] }
          onclock: { handler: "dev.thaw.local.functions.TestFunctions$Notes", code: ["%1$s"], timeout: 15s, environment: { NOTES_FILE: "%2$s-clock" }, triggers: [{ schedule: 1s }] }
        topics: { news: { queues: [letters] } }
        buckets: [pictures]
        queues:
          letters: {}
          work: { visibility-timeout: 1s, dead-letter: dead, max-receives: 2 }
          dead: {}
        """
            .formatted(Path.of("target/test-classes").toAbsolutePath(), endedFile));
    platform =
        LocalPlatform.start(
            FunctionsFile.read(file),
            // Half a second is Lambda's; a busy machine may stand still for longer.
            PlatformOptions.defaults(PLATFORM.resolve("runtime/aws-lambda"), work.resolve("work"))
                .withShutdownGrace(Duration.ofSeconds(20)));
    lambda =
        LambdaClient.builder()
            .endpointOverride(URI.create(platform.url()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("somebody", "secret")))
            .overrideConfiguration(
                config ->
                    config.retryStrategy(RetryMode.STANDARD).apiCallTimeout(Duration.ofSeconds(60)))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
  }

  @AfterAll
  static void stop() throws Exception {
    lambda.close();
    platform.close();
  }

  /** Once the function is free. */
  private static InvokeResponse invoke(String function, String payload) {
    await().until(() -> platform.hasCapacity(function));
    return invokeAtOnce(function, payload);
  }

  private static InvokeResponse invokeAtOnce(String function, String payload) {
    return lambda.invoke(
        request -> request.functionName(function).payload(SdkBytes.fromUtf8String(payload)));
  }

  private static List<LedgerEntry> entries(String function) {
    return platform.ledger().entries().stream()
        .filter(entry -> entry.function().equals(function))
        .toList();
  }

  @Test
  void aFunctionIsColdOnceAndThenWarmInTheSameEnvironment() {
    assertThat(invoke("echo", "{\"n\":1}").payload().asUtf8String()).isEqualTo("{\"n\":1}");
    assertThat(invoke("echo", "{\"n\":2}").payload().asUtf8String()).isEqualTo("{\"n\":2}");

    List<LedgerEntry> two = entries("echo").subList(0, 2);
    assertThat(two).extracting(LedgerEntry::cold).containsExactly(true, false);
    assertThat(two).extracting(LedgerEntry::environment).containsOnly(two.get(0).environment());
    assertThat(two.get(0).initNs()).isPositive();
    assertThat(two).allSatisfy(entry -> assertThat(entry.caller()).isEqualTo(Caller.OUTSIDE));
  }

  @Test
  void aBusyFunctionAtItsLimitRefusesWithLambdasOwnError() {
    invoke("narrow", "0");
    CompletableFuture<InvokeResponse> busy =
        CompletableFuture.supplyAsync(() -> invoke("narrow", "3000"));
    await().until(() -> refused("narrow"));

    assertThat(busy.join().functionError()).isNull();
    assertThat(entries("narrow")).extracting(LedgerEntry::outcome).contains(Outcome.THROTTLED);
  }

  private static boolean refused(String function) {
    try {
      lambda.invoke(
          request ->
              request
                  .functionName(function)
                  .payload(SdkBytes.fromUtf8String("0"))
                  .overrideConfiguration(config -> config.apiCallTimeout(Duration.ofSeconds(1))));
      return false;
    } catch (TooManyRequestsException e) {
      assertThat(e.statusCode()).isEqualTo(429);
      assertThat(e.reasonAsString()).isEqualTo("ReservedFunctionConcurrentInvocationLimitExceeded");
      return true;
    } catch (software.amazon.awssdk.core.exception.SdkClientException e) {
      return entries(function).stream().anyMatch(entry -> entry.outcome() == Outcome.THROTTLED);
    }
  }

  @Test
  void anIdleProcessIsFrozen() {
    String pid = invoke("narrow", "0").payload().asUtf8String();
    await().until(() -> state(pid).equals("T"));
    assertThat(invoke("narrow", "0").payload().asUtf8String()).isEqualTo(pid);
  }

  private static String state(String pid) throws Exception {
    String stat = Files.readString(Path.of("/proc", pid, "stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
  }

  @Test
  void aTimeoutAnswersTheCallerAndTheNextInitRunsInsideItsInvocation() throws Exception {
    InvokeResponse late = invoke("sleeps", "20000");
    assertThat(late.functionError()).isEqualTo("Unhandled");
    assertThat(JSON.readTree(late.payload().asByteArray()).path("errorMessage").asText())
        .endsWith("Error: Task timed out after 8.00 seconds");

    assertThat(invoke("sleeps", "0").functionError()).isNull();
    List<LedgerEntry> entries = entries("sleeps");
    assertThat(entries)
        .extracting(LedgerEntry::outcome)
        .containsExactly(Outcome.TIMEOUT, Outcome.OK);
    assertThat(entries.get(1).suppressedInit()).isTrue();
    assertThat(entries.get(1).environment()).isEqualTo(entries.get(0).environment());
  }

  @Test
  void anExceptionIsTheCallersAnswerAndChangesNothingElse() throws Exception {
    InvokeResponse failed = invoke("throws", "{}");
    assertThat(failed.functionError()).isEqualTo("Unhandled");
    assertThat(JSON.readTree(failed.payload().asByteArray()).path("errorType").asText())
        .isEqualTo("java.lang.IllegalArgumentException");
    invoke("throws", "{}");
    assertThat(entries("throws")).extracting(LedgerEntry::cold).startsWith(true, false);
  }

  @Test
  void aProcessThatExitsIsACrashWithItsStatus() throws Exception {
    InvokeResponse crashed = invoke("exits", "{}");
    assertThat(JSON.readTree(crashed.payload().asByteArray()).path("errorMessage").asText())
        .endsWith("Runtime exited with error: exit status 3");
    assertThat(entries("exits").get(0).outcome()).isEqualTo(Outcome.CRASH);
  }

  @Test
  void aHandlerThatDoesNotExistIsAnError() {
    assertThat(invoke("absent", "{}").functionError()).isEqualTo("Unhandled");
  }

  @Test
  void anAsynchronousInvokeThatFailsIsRetriedTwiceUnderTheSameRequestId() {
    lambda.invoke(
        request ->
            request
                .functionName("throws")
                .invocationType(InvocationType.EVENT)
                .payload(SdkBytes.fromUtf8String("{\"asynchronous\":\"yes\"}")));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        entries("throws").stream()
                            .filter(entry -> entry.attempt() == 3)
                            .map(LedgerEntry::requestId)
                            .flatMap(
                                id ->
                                    entries("throws").stream()
                                        .filter(e -> e.requestId().equals(id)))
                            .map(LedgerEntry::attempt))
                    .containsExactly(1, 2, 3));
  }

  @Test
  void aDryRunStartsNothing() {
    int before = entries("echo").size();
    InvokeResponse answer =
        lambda.invoke(
            request -> request.functionName("echo").invocationType(InvocationType.DRY_RUN));
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(entries("echo")).hasSize(before);
  }

  @Test
  void anUnknownFunctionIsNotFound() {
    assertThatThrownBy(() -> invokeAtOnce("nobody", "{}"))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  @Test
  void theFrontDoorMakesAnApiGatewayEventOfARequest() throws Exception {
    await().until(() -> platform.hasCapacity("echo"));
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(platform.url() + "/echo/a?b=c%20d"))
                    .header("X-Test", "yes")
                    .POST(HttpRequest.BodyPublishers.ofString("hello"))
                    .build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    // Echo answers with the event itself.
    var event = JSON.readTree(answer.body());
    assertThat(event.path("version").asText()).isEqualTo("2.0");
    assertThat(event.path("rawPath").asText()).isEqualTo("/echo/a");
    assertThat(event.path("queryStringParameters").path("b").asText()).isEqualTo("c d");
    assertThat(event.path("headers").path("x-test").asText()).isEqualTo("yes");
    assertThat(event.path("requestContext").path("http").path("method").asText()).isEqualTo("POST");
    assertThat(event.path("body").asText()).isEqualTo("hello");
  }

  @Test
  void anInternalExtensionIsToldBeforeTheKill() {
    // It is registered for certain once an invocation went well.
    await().until(() -> invoke("extension", "1").functionError() == null);
    assertThat(invoke("extension", "10000").functionError()).isEqualTo("Unhandled");
    await().untilAsserted(() -> assertThat(endedFile).hasContent("told"));
  }

  @Test
  void failedMessagesOfABatchComeAgainAndEndInTheDeadLetterQueue() {
    try (SqsClient sqs =
        SqsClient.builder()
            .endpointOverride(URI.create(platform.queueUrl("work")).resolve("/"))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("somebody", "secret")))
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      for (String body : List.of("good", "bad", "good")) {
        sqs.sendMessage(request -> request.queueUrl(platform.queueUrl("work")).messageBody(body));
      }
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> platform.unsettled("work") == 0 && platform.unsettled("dead") == 1);
    assertThat(entries("batch"))
        .allSatisfy(entry -> assertThat(entry.caller()).isEqualTo(Caller.trigger("work")));
  }

  @Test
  void theLedgerIsAlsoAFileOfJsonLines() throws Exception {
    invoke("echo", "{}");
    List<String> lines = Files.readAllLines(work.resolve("work/ledger.jsonl"));
    Map<?, ?> line = JSON.readValue(lines.get(0), Map.class);
    assertThat(line.containsKey("requestId")).isTrue();
    assertThat(line.get("outcome")).isIn("ok", "error", "timeout", "crash", "throttled");
  }

  private static URI endpoint(String service) {
    return URI.create(platform.endpoints().get("AWS_ENDPOINT_URL_" + service));
  }

  private static final StaticCredentialsProvider SOMEBODY =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("somebody", "secret"));

  @Test
  void aTopicDeliversToItsQueuesInItsEnvelope() throws Exception {
    try (SnsClient sns =
            SnsClient.builder()
                .endpointOverride(endpoint("SNS"))
                .region(Region.US_EAST_1)
                .credentialsProvider(SOMEBODY)
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        SqsClient sqs =
            SqsClient.builder()
                .endpointOverride(endpoint("SQS"))
                .region(Region.US_EAST_1)
                .credentialsProvider(SOMEBODY)
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
      sns.publish(
          request ->
              request
                  .topicArn("arn:aws:sns:us-east-1:123456789012:news")
                  .message("good & new")
                  .messageAttributes(
                      Map.of(
                          "kind",
                          software.amazon.awssdk.services.sns.model.MessageAttributeValue.builder()
                              .dataType("String")
                              .stringValue("a=b")
                              .build())));
      String url = platform.queueUrl("letters");
      JsonNode envelope =
          JSON.readTree(
              sqs.receiveMessage(request -> request.queueUrl(url).waitTimeSeconds(5))
                  .messages()
                  .get(0)
                  .body());
      assertThat(envelope.path("Type").asText()).isEqualTo("Notification");
      assertThat(envelope.path("Message").asText()).isEqualTo("good & new");
      assertThat(envelope.path("MessageAttributes").path("kind").path("Value").asText())
          .isEqualTo("a=b");
      assertThatThrownBy(
              () ->
                  sns.publish(
                      request ->
                          request.topicArn("arn:aws:sns:us-east-1:123456789012:old").message("x")))
          .hasMessageContaining("Topic does not exist");
    }
  }

  @Test
  void aNewObjectCallsTheFunctionAndCanBeRead() throws Exception {
    try (S3Client s3 =
        S3Client.builder()
            .endpointOverride(endpoint("S3"))
            .region(Region.US_EAST_1)
            .credentialsProvider(SOMEBODY)
            .httpClient(UrlConnectionHttpClient.create())
            .build()) {
      String requestId =
          s3.putObject(
                  request -> request.bucket("pictures").key("a/cat.txt"),
                  RequestBody.fromString("miaow"))
              .sdkHttpResponse()
              .firstMatchingHeader("x-amz-request-id")
              .orElseThrow();
      assertThat(
              s3.getObjectAsBytes(request -> request.bucket("pictures").key("a/cat.txt"))
                  .asUtf8String())
          .isEqualTo("miaow");
      assertThatThrownBy(
              () -> s3.getObjectAsBytes(request -> request.bucket("pictures").key("dog")))
          .hasMessageContaining("404");
      Path notes = Path.of(endedFile + "-object");
      await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(notes));
      assertThat(Files.readString(notes)).contains("a/cat.txt", requestId, "ObjectCreated:Put");
    }
  }

  @Test
  void aScheduleCallsAgainAndAgain() throws Exception {
    Path notes = Path.of(endedFile + "-clock");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Files.exists(notes) && Files.readAllLines(notes).size() >= 2);
    assertThat(Files.readAllLines(notes).get(0)).contains("Scheduled Event", "rule/every-onclock");
  }
}
