package dev.thaw.agent.client;

import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.XRayHeader;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * The AWS SDK for Java 2, synchronous and asynchronous: one of its own execution interceptors,
 * added to the chain that the SDK makes for every call. What it knows of single services is in
 * {@link AwsServices}.
 *
 * <p>Every attempt is seen, also those that the SDK's own retries hide from the application. The
 * nested classes speak the SDK's types and are defined below its class loader ({@link
 * InAppLoader}); the outer class must not touch them by type.
 */
public final class AwsSdkV2 implements Client {

  private static final Bridge BRIDGE = new Bridge("the AWS SDK 2", AwsSdkV2.class, "Interceptor");

  @Override
  public List<Hook> hooks(String awaited) {
    return Collections.singletonList(
        Hook.on(awaited, "<init>", "(Ljava/util/List;)V")
            .replaceArgument(
                0,
                "dev/thaw/agent/client/AwsSdkV2",
                "withOurs",
                "(Ljava/lang/Object;)Ljava/lang/Object;",
                Value.argument(0)));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    BRIDGE.loaded(loader);
  }

  /** Adds the interceptor to the SDK's list. Called by woven code. */
  public static @Nullable Object withOurs(@Nullable Object interceptors) {
    return BRIDGE.added(interceptors, false);
  }

  /** What the SDK calls. Defined below its class loader; nothing here may throw into it. */
  public static final class Interceptor implements ExecutionInterceptor {

    private static final ExecutionAttribute<Execution> EXECUTION =
        new ExecutionAttribute<>("dev.thaw.Execution");

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      try {
        Invocation invocation = Invocations.current();
        if (invocation == null) {
          return;
        }
        String service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
        String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        AwsServices services = new AwsServices(service, operation);
        Call call = invocation.call(service + "/" + operation, services.isProducer());
        call.attribute("rpc.system", "aws-api");
        call.attribute("rpc.service", service);
        call.attribute("rpc.method", operation);
        Execution execution = new Execution(call, services, service);
        attributes.putAttribute(EXECUTION, execution);
        execution.target = services.describe(call, new AwsSdkV2Fields(context.request()));
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
      SdkRequest request = context.request();
      try {
        Execution execution = attributes.getAttribute(EXECUTION);
        if (execution != null) {
          return AwsSdkV2Fields.withContext(request, execution.services, execution.call.context());
        }
      } catch (Throwable e) {
        Log.failure("Handing on the trace with the AWS SDK", e);
      }
      return request;
    }

    @Override
    public SdkHttpRequest modifyHttpRequest(
        Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
      SdkHttpRequest request = context.httpRequest();
      try {
        Execution execution = attributes.getAttribute(EXECUTION);
        if (execution == null) {
          return request;
        }
        execution.call.attribute("server.address", request.host());
        execution.call.attribute("server.port", (long) request.port());
        // Signed with the rest of the request: the signature is made after this.
        return request.toBuilder()
            .putHeader(XRayHeader.NAME, XRayHeader.format(execution.call.context()))
            .build();
      } catch (Throwable e) {
        Log.failure("Handing on the trace with the AWS SDK", e);
        return request;
      }
    }

    @Override
    public void beforeTransmission(
        Context.BeforeTransmission context, ExecutionAttributes attributes) {
      try {
        Execution execution = attributes.getAttribute(EXECUTION);
        if (execution != null) {
          execution.attemptEnds("");
          execution.call.nextAttempt();
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }

    @Override
    public void afterTransmission(
        Context.AfterTransmission context, ExecutionAttributes attributes) {
      try {
        Execution execution = attributes.getAttribute(EXECUTION);
        if (execution != null) {
          execution.response = context.httpResponse();
          execution.call.attribute(
              "http.response.status_code", (long) context.httpResponse().statusCode());
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }

    /** An error's body says what it is; it is read and given back. */
    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      Optional<InputStream> given = context.responseBody();
      Execution execution = attributes.getAttribute(EXECUTION);
      if (execution == null || !given.isPresent() || context.httpResponse().isSuccessful()) {
        return given;
      }
      InputStream body = given.get();
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      try {
        byte[] bytes = new byte[1024];
        int count = body.read(bytes);
        while (count >= 0) {
          read.write(bytes, 0, count);
          count = read.size() < AwsThrottle.MOST_BODY ? body.read(bytes) : -1;
        }
        execution.attemptEnds(new String(read.toByteArray(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        // The SDK meets the same when it reads on.
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
      return Optional.of(
          new SequenceInputStream(new ByteArrayInputStream(read.toByteArray()), body));
    }

    @Override
    public Optional<Publisher<ByteBuffer>> modifyAsyncHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      Optional<Publisher<ByteBuffer>> given = context.responsePublisher();
      Execution execution = attributes.getAttribute(EXECUTION);
      if (execution == null || !given.isPresent() || context.httpResponse().isSuccessful()) {
        return given;
      }
      return Optional.of(new Overheard(given.get(), execution));
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      try {
        Execution execution = attributes.getAttribute(EXECUTION);
        if (execution != null) {
          execution.attemptEnds("");
          Call call = execution.call;
          requestId(call, context.httpResponse());
          if (context.httpResponse().firstMatchingHeader("X-Amz-Function-Error").isPresent()) {
            call.failed("function_error", "The invoked function failed");
          }
          execution.services.answered(
              call, new AwsSdkV2Fields(context.response()), execution.target);
          call.end();
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }

    private static void requestId(Call call, SdkHttpResponse response) {
      String requestId = response.firstMatchingHeader("x-amzn-RequestId").orElse(null);
      if (requestId == null) {
        requestId = response.firstMatchingHeader("x-amz-request-id").orElse(null);
      }
      if (requestId != null) {
        call.attribute("aws.request_id", requestId);
      }
    }

    @Override
    public void onExecutionFailure(
        Context.FailedExecution context, ExecutionAttributes attributes) {
      try {
        Execution execution = attributes.getAttribute(EXECUTION);
        if (execution != null) {
          execution.attemptEnds("");
          Throwable failure = context.exception();
          execution.call.failed(failure.getClass().getName(), failure.getMessage());
          execution.call.end();
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }
  }

  /** One call of the application's, however often the SDK tries. */
  static final class Execution {
    final Call call;
    final AwsServices services;

    /** What it goes to: a queue, a function, a table; the service where that is not known. */
    volatile String target;

    /** Of the attempt under way; null when what came of it is noted. */
    volatile @Nullable SdkHttpResponse response;

    Execution(Call call, AwsServices services, String target) {
      this.call = call;
      this.services = services;
      this.target = target;
    }

    /**
     * @param body an error's; empty when there was none or nobody has read it
     */
    void attemptEnds(String body) {
      SdkHttpResponse ended = response;
      response = null;
      if (ended == null || ended.isSuccessful()) {
        return;
      }
      int status = ended.statusCode();
      String retryAfter = ended.firstMatchingHeader("Retry-After").orElse(null);
      String code =
          AwsThrottle.code(ended.firstMatchingHeader("x-amzn-ErrorType").orElse(null), body);
      if (AwsThrottle.is(status, code, retryAfter != null)) {
        call.throttled(
            target, AwsThrottle.reason(status, code, body), status, HttpCall.nanos(retryAfter));
      }
    }
  }

  /** Passes an answer's body on, and hears what it says. */
  static final class Overheard implements Publisher<ByteBuffer> {
    private final Publisher<ByteBuffer> body;
    private final Execution execution;

    Overheard(Publisher<ByteBuffer> body, Execution execution) {
      this.body = body;
      this.execution = execution;
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
      body.subscribe(new Hearing(subscriber, execution));
    }
  }

  /** One who hears a body. */
  static final class Hearing implements Subscriber<ByteBuffer> {
    private final Subscriber<? super ByteBuffer> next;
    private final Execution execution;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    Hearing(Subscriber<? super ByteBuffer> next, Execution execution) {
      this.next = next;
      this.execution = execution;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      next.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer part) {
      try {
        ByteBuffer own = part.asReadOnlyBuffer();
        while (own.hasRemaining() && heard.size() < AwsThrottle.MOST_BODY) {
          heard.write(own.get());
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
      next.onNext(part);
    }

    @Override
    public void onError(Throwable failure) {
      next.onError(failure);
    }

    @Override
    public void onComplete() {
      try {
        execution.attemptEnds(new String(heard.toByteArray(), StandardCharsets.UTF_8));
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
      next.onComplete();
    }
  }
}
