package dev.thaw.agent.client;

import com.amazonaws.AmazonServiceException;
import com.amazonaws.AmazonWebServiceRequest;
import com.amazonaws.Request;
import com.amazonaws.Response;
import com.amazonaws.handlers.HandlerAfterAttemptContext;
import com.amazonaws.handlers.HandlerBeforeAttemptContext;
import com.amazonaws.handlers.HandlerContextKey;
import com.amazonaws.handlers.RequestHandler2;
import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.XRayHeader;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The AWS SDK for Java 1: one of its own request handlers, added to those that it gives every
 * client. What is known of single services is in {@link AwsServices}. The nested class speaks the
 * SDK's types; see {@link InAppLoader}.
 */
public final class AwsSdkV1 implements Client {

  private static final Bridge BRIDGE = new Bridge("the AWS SDK 1", AwsSdkV1.class, "Handler");

  @Override
  public List<Hook> hooks(String awaited) {
    return Collections.singletonList(
        Hook.on(awaited, "getGlobalHandlers", "()Ljava/util/List;")
            .replaceResult(
                "dev/thaw/agent/client/AwsSdkV1",
                "withOurs",
                "(Ljava/lang/Object;)Ljava/lang/Object;",
                Value.result()));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    BRIDGE.loaded(loader);
  }

  /** Called by woven code: the handlers that every client gets. */
  public static @Nullable Object withOurs(@Nullable Object handlers) {
    return BRIDGE.added(handlers, false);
  }

  /** What the SDK calls; nothing here may throw into it. */
  public static final class Handler extends RequestHandler2 {

    private static final HandlerContextKey<Execution> EXECUTION =
        new HandlerContextKey<>("dev.thaw.Execution");

    /** The names of the request types say what the operations are called. */
    private static final String REQUEST = "Request";

    @Override
    public AmazonWebServiceRequest beforeExecution(AmazonWebServiceRequest request) {
      try {
        Invocation invocation = Invocations.current();
        if (invocation == null) {
          return request;
        }
        String service = service(request.getClass());
        String type = request.getClass().getSimpleName();
        String operation =
            type.endsWith(REQUEST) ? type.substring(0, type.length() - REQUEST.length()) : type;
        AwsServices services = new AwsServices(service, operation);
        Call call = invocation.call(service + "/" + operation, services.isProducer());
        call.attribute("rpc.system", "aws-api");
        call.attribute("rpc.service", service);
        call.attribute("rpc.method", operation);
        String target = services.describe(call, new AwsSdkV1Fields(request));
        AmazonWebServiceRequest carrying =
            AwsSdkV1Fields.withContext(request, services, call.context());
        carrying.addHandlerContext(EXECUTION, new Execution(call, services, target));
        return carrying;
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK 1", e);
        return request;
      }
    }

    /** Of {@code com.amazonaws.services.sqs.model.SendMessageRequest}: the same as the SDK 2's. */
    private static String service(Class<?> request) {
      String[] parts = request.getName().split("\\.");
      String name = parts.length > 3 ? parts[3] : "aws";
      switch (name) {
        case "dynamodbv2":
          return "DynamoDb";
        case "stepfunctions":
          return "Sfn";
        case "eventbridge":
        case "cloudwatchevents":
          return "EventBridge";
        default:
          return Character.toUpperCase(name.charAt(0)) + name.substring(1);
      }
    }

    private static @Nullable Execution of(Request<?> request) {
      Execution known = request.getHandlerContext(EXECUTION);
      return known == null ? request.getOriginalRequest().getHandlerContext(EXECUTION) : known;
    }

    @Override
    public void beforeRequest(Request<?> request) {
      try {
        Execution execution = of(request);
        if (execution != null) {
          request.addHandlerContext(EXECUTION, execution);
          request.addHeader(XRayHeader.NAME, XRayHeader.format(execution.call.context()));
          execution.call.attribute("server.address", request.getEndpoint().getHost());
          int port = request.getEndpoint().getPort();
          execution.call.attribute("server.port", port > 0 ? (long) port : 443L);
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK 1", e);
      }
    }

    @Override
    public void beforeAttempt(HandlerBeforeAttemptContext context) {
      try {
        Execution execution = of(context.getRequest());
        if (execution != null) {
          execution.call.nextAttempt();
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK 1", e);
      }
    }

    @Override
    public void afterAttempt(HandlerAfterAttemptContext context) {
      try {
        Execution execution = of(context.getRequest());
        if (execution == null || !(context.getException() instanceof AmazonServiceException)) {
          return;
        }
        AmazonServiceException failure = (AmazonServiceException) context.getException();
        int status = failure.getStatusCode();
        String code = failure.getErrorCode() == null ? "" : failure.getErrorCode();
        String body = failure.getRawResponseContent();
        String retryAfter =
            failure.getHttpHeaders() == null ? null : failure.getHttpHeaders().get("Retry-After");
        if (AwsThrottle.is(status, code, retryAfter != null)) {
          execution.call.throttled(
              execution.target,
              AwsThrottle.reason(status, code, body == null ? "" : body),
              status,
              HttpCall.nanos(retryAfter));
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK 1", e);
      }
    }

    @Override
    public void afterResponse(Request<?> request, Response<?> response) {
      try {
        Execution execution = of(request);
        if (execution == null) {
          return;
        }
        Call call = execution.call;
        if (response.getHttpResponse() != null) {
          call.attribute(
              "http.response.status_code", (long) response.getHttpResponse().getStatusCode());
          java.util.Map<String, String> headers = response.getHttpResponse().getHeaders();
          String requestId = headers.get("x-amzn-RequestId");
          if (requestId == null) {
            requestId = headers.get("x-amz-request-id");
          }
          if (requestId != null) {
            call.attribute("aws.request_id", requestId);
          }
          if (headers.containsKey("X-Amz-Function-Error")) {
            call.failed("function_error", "The invoked function failed");
          }
        }
        execution.services.answered(
            call, new AwsSdkV1Fields(response.getAwsResponse()), execution.target);
        call.end();
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK 1", e);
      }
    }

    @Override
    public void afterError(Request<?> request, Response<?> response, Exception failure) {
      try {
        Execution execution = of(request);
        if (execution != null) {
          if (failure instanceof AmazonServiceException) {
            execution.call.attribute(
                "http.response.status_code",
                (long) ((AmazonServiceException) failure).getStatusCode());
          }
          execution.call.failed(failure.getClass().getName(), failure.getMessage());
          execution.call.end();
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK 1", e);
      }
    }
  }

  /** One call of the application's, however often the SDK tries. */
  static final class Execution {
    final Call call;
    final AwsServices services;
    final String target;

    Execution(Call call, AwsServices services, String target) {
      this.call = call;
      this.services = services;
      this.target = target;
    }
  }
}
