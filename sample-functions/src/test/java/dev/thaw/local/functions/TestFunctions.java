package dev.thaw.local.functions;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Functions for the platform's own tests, one for each thing that can happen. */
public final class TestFunctions {

  private TestFunctions() {}

  /** Answers with what it got. */
  public static final class Echo implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      input.transferTo(output);
    }
  }

  /** Answers with its process id, after a time. */
  public static final class Sleeps implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      String millis = new String(input.readAllBytes(), StandardCharsets.UTF_8);
      try {
        Thread.sleep(Long.parseLong(millis.trim()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      output.write(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Fails always. */
  public static final class Throws {
    public Map<String, String> handle(Map<String, String> event) {
      throw new IllegalArgumentException("no");
    }
  }

  /** Ends its process. */
  public static final class Exits {
    public Map<String, String> handle(Map<String, String> event) {
      System.exit(3);
      return event;
    }
  }

  /** Writes each event as a line of a file. */
  public static final class Notes implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      String event = new String(input.readAllBytes(), StandardCharsets.UTF_8);
      java.nio.file.Files.writeString(
          java.nio.file.Path.of(System.getenv("NOTES_FILE")),
          event + "\n",
          java.nio.file.StandardOpenOption.CREATE,
          java.nio.file.StandardOpenOption.APPEND);
    }
  }

  /** Says that the message with the body «bad» failed, and no other. */
  public static final class Batch {
    public Map<String, Object> handle(Map<String, Object> event) {
      java.util.List<Map<String, String>> failures = new java.util.ArrayList<>();
      for (Object record : (java.util.List<?>) event.get("Records")) {
        Map<?, ?> message = (Map<?, ?>) record;
        if ("bad".equals(message.get("body"))) {
          failures.add(Map.of("itemIdentifier", (String) message.get("messageId")));
        }
      }
      return Map.of("batchItemFailures", failures);
    }
  }

  /** Registers an internal extension, and writes a file when it is told to end. */
  public static final class WithExtension implements RequestStreamHandler {

    static {
      String api = "http://" + System.getenv("AWS_LAMBDA_RUNTIME_API") + "/2020-01-01/extension/";
      try {
        HttpURLConnection register = (HttpURLConnection) new URL(api + "register").openConnection();
        register.setRequestMethod("POST");
        register.setRequestProperty("Lambda-Extension-Name", "test");
        register.setDoOutput(true);
        register
            .getOutputStream()
            .write("{\"events\":[\"INVOKE\"]}".getBytes(StandardCharsets.UTF_8));
        String id = register.getHeaderField("Lambda-Extension-Identifier");
        Thread events = new Thread(() -> listen(api, id));
        events.setDaemon(true);
        events.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(WithExtension::ending));
    }

    private static void listen(String api, String id) {
      try {
        while (true) {
          HttpURLConnection next = (HttpURLConnection) new URL(api + "event/next").openConnection();
          next.setRequestProperty("Lambda-Extension-Identifier", id);
          next.getInputStream().readAllBytes();
        }
      } catch (IOException e) {
        // The environment has ended.
      }
    }

    private static void ending() {
      try {
        Files.writeString(Path.of(System.getenv("ENDED_FILE")), "told");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void handleRequest(InputStream input, OutputStream output, Context context)
        throws IOException {
      new Sleeps().handleRequest(input, output, context);
    }
  }
}
