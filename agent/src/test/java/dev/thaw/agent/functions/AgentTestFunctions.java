package dev.thaw.agent.functions;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/** Functions that are observed in the agent's tests. They know nothing of it. */
public final class AgentTestFunctions {

  private AgentTestFunctions() {}

  /** A handler on the raw streams. */
  public static final class Streams implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      input.transferTo(output);
    }
  }

  /** Returns when a thousand are in it at once. */
  public static final class Together {
    private static final CountDownLatch ALL = new CountDownLatch(1000);

    public String handle(String event) throws InterruptedException {
      ALL.countDown();
      ALL.await();
      return event;
    }
  }

  /** Does not look at what it is given. */
  public static final class Ignores implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      output.write('1');
    }
  }

  /** A handler of Lambda's own interface. */
  public static final class Typed
      implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
      return Map.of("got", event.size());
    }
  }

  /** A plain method. */
  public static final class Plain {
    public String greet(String name) {
      return "Hello " + name;
    }
  }

  /** Fails with a cause. */
  public static final class Throws {
    public String handle(Map<String, Object> event) {
      throw new IllegalStateException("outer", new IllegalArgumentException("inner"));
    }
  }

  /** Fails with an Error that ends the runtime. */
  public static final class Overflows {
    public int handle(Map<String, Object> event) {
      return handle(event) + 1;
    }
  }

  /** Ends its process. */
  public static final class Exits {
    public String handle(Map<String, Object> event) {
      System.exit(0);
      return "";
    }
  }

  /** Waits for ever. */
  public static final class Hangs {
    public String handle(Map<String, Object> event) throws InterruptedException {
      Thread.sleep(600_000);
      return "";
    }
  }

  /** Needs longer than the announcement time, and then succeeds. */
  public static final class Slow {
    public String handle(Map<String, Object> event) throws InterruptedException {
      Thread.sleep(1500);
      return "done";
    }
  }

  /**
   * Asks an address with java.net.http, synchronously, then from a pool's thread asynchronously.
   */
  public static final class JdkHttp {
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService pool = Executors.newSingleThreadExecutor();

    public Map<String, Object> handle(Map<String, Object> event) throws Exception {
      HttpRequest request = HttpRequest.newBuilder(URI.create((String) event.get("url"))).build();
      int synchronous = http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
      int asynchronous =
          pool.submit(
                  () ->
                      http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                          .handle((answer, failure) -> answer.statusCode())
                          .join())
              .get();
      return Map.of("synchronous", synchronous, "asynchronous", asynchronous);
    }
  }

  /** Asks an address where nobody is. */
  public static final class JdkHttpRefused {
    public String handle(Map<String, Object> event) {
      try {
        HttpClient.newHttpClient()
            .sendAsync(
                HttpRequest.newBuilder(URI.create((String) event.get("url"))).build(),
                HttpResponse.BodyHandlers.ofString())
            .join();
        return "answered";
      } catch (CompletionException e) {
        return e.getCause().getClass().getSimpleName();
      }
    }
  }

  /** Invokes another function and sends a message, with the AWS SDK 2. */
  public static final class AwsSdk {
    private final SqsClient sqs =
        SqsClient.builder().httpClient(UrlConnectionHttpClient.create()).build();

    public Map<String, Object> handle(Map<String, Object> event) {
      String function = (String) event.get("function");
      String answer;
      try (LambdaClient lambda =
          LambdaClient.builder()
              .endpointOverride(URI.create((String) event.get("endpoint")))
              .httpClient(UrlConnectionHttpClient.create())
              .build()) {
        answer =
            lambda
                .invoke(
                    request ->
                        request.functionName(function).payload(SdkBytes.fromUtf8String("{}")))
                .payload()
                .asUtf8String();
      } catch (SdkException e) {
        answer = e.getClass().getSimpleName();
      }
      if (event.containsKey("queue")) {
        sqs.sendMessage(request -> request.queueUrl((String) event.get("queue")).messageBody("m"));
      }
      return Map.of("answer", answer);
    }
  }

  /** Waits for an answer that never comes, in a call. */
  public static final class HangsInSocket {
    public String handle(Map<String, Object> event) throws Exception {
      HttpRequest request = HttpRequest.newBuilder(URI.create((String) event.get("url"))).build();
      return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  /** Waits for a lock that another thread holds while it is busy. */
  public static final class HangsInLock {
    private final Object lock = new Object();

    public String handle(Map<String, Object> event) throws Exception {
      CountDownLatch held = new CountDownLatch(1);
      Thread holder = new Thread(() -> hold(held), "holder");
      holder.setDaemon(true);
      holder.start();
      held.await();
      synchronized (lock) {
        return "never";
      }
    }

    private void hold(CountDownLatch held) {
      synchronized (lock) {
        held.countDown();
        sleep();
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(600_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a task that does not end. */
  public static final class HangsInJoin {
    public String handle(Map<String, Object> event) {
      return CompletableFuture.supplyAsync(HangsInJoin::slowly).join();
    }

    private static String slowly() {
      sleep();
      return "never";
    }
  }

  /** Turns round and round. */
  public static final class HangsInLoop {
    private long turns;

    public String handle(Map<String, Object> event) {
      while (turns >= 0) {
        turns = (turns + 1) & Long.MAX_VALUE;
      }
      return "never";
    }
  }

  /** Can't be initialised. */
  public static final class FailsToInit {
    static {
      if (System.getenv("AWS_LAMBDA_FUNCTION_NAME") != null) {
        throw new IllegalStateException("no configuration");
      }
    }

    public String handle(Map<String, Object> event) {
      return "never";
    }
  }

  /** Ends its process while it is started. */
  public static final class ExitsInInit {
    public ExitsInInit() {
      System.exit(3);
    }

    public String handle(Map<String, Object> event) {
      return "never";
    }
  }

  /** Never gets ready. */
  public static final class HangsInInit {
    public HangsInInit() {
      sleep();
    }

    public String handle(Map<String, Object> event) {
      return "never";
    }
  }

  /** Needs more memory than it has, after some time: {@code {"after": milliseconds}}. */
  public static final class RunsOutOfMemory {
    public String handle(Map<String, Object> event) throws InterruptedException {
      Thread.sleep(((Number) event.getOrDefault("after", 0)).longValue());
      List<long[]> kept = new ArrayList<>();
      while (true) {
        kept.add(new long[1 << 22]);
      }
    }
  }

  /** Answers, or is gone without a word: {@code {"halt": milliseconds}}. */
  public static final class Halts {
    public String handle(Map<String, Object> event) throws InterruptedException {
      Object after = event.get("halt");
      if (after != null) {
        Thread.sleep(((Number) after).longValue());
        Runtime.getRuntime().halt(137);
      }
      return "alive";
    }
  }

  /** Leaves its thread interrupted. */
  public static final class Interrupts {
    public String handle(Map<String, Object> event) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** Is restored from an image. */
  public static final class Restored {
    public String handle(Map<String, Object> event) {
      return "restored";
    }
  }

  /** A handler to inherit from. */
  public static class Base implements RequestHandler<Map<String, Object>, String> {
    @Override
    public String handleRequest(Map<String, Object> event, Context context) {
      return getClass().getSimpleName();
    }
  }

  /** Has nothing of its own. */
  public static final class Inherits extends Base {}

  /** Leaves its types open. */
  public abstract static class Generic<I, O> implements RequestHandler<I, O> {
    @Override
    public O handleRequest(I event, Context context) {
      return answer(event);
    }

    abstract O answer(I event);
  }

  /** Fills them in. */
  public static final class FillsGeneric extends Generic<Map<String, Object>, String> {
    @Override
    String answer(Map<String, Object> event) {
      return "FillsGeneric";
    }
  }

  /** A handler in an interface. */
  public interface ByDefault extends RequestHandler<Map<String, Object>, String> {
    @Override
    default String handleRequest(Map<String, Object> event, Context context) {
      return "FromInterface";
    }
  }

  /** Takes it as it is. */
  public static final class FromInterface implements ByDefault {}

  /** A hundred calls at once, each in a virtual thread of its own (Java 21 and later). */
  public static final class InVirtualThreads {
    private static final int CALLS = 100;

    private final HttpClient http = HttpClient.newHttpClient();

    public int handle(Map<String, Object> event) throws Exception {
      ExecutorService threads =
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      HttpRequest request = HttpRequest.newBuilder(URI.create((String) event.get("url"))).build();
      List<java.util.concurrent.Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        answers.add(
            threads.submit(
                () -> http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()));
      }
      int sum = 0;
      for (java.util.concurrent.Future<Integer> answer : answers) {
        sum += answer.get() == 204 ? 1 : 0;
      }
      return sum;
    }
  }
}
