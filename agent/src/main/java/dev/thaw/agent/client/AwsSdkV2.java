package dev.thaw.agent.client;

import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.TraceParent;
import dev.thaw.agent.propagation.XRayHeader;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.lambda.model.InvokeRequest;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;

/**
 * The AWS SDK for Java 2: one of its own execution interceptors, added to the chain that the SDK
 * makes for every call.
 *
 * <p>Every attempt is seen, also those that the SDK's own retries hide from the application. The
 * nested classes speak the SDK's types and are defined below its class loader ({@link
 * InAppLoader}); the outer class must not touch them by type.
 */
public final class AwsSdkV2 implements Client {

  private static final String SELF = "dev/thaw/agent/client/AwsSdkV2";
  private static final String CHAIN =
      "software.amazon.awssdk.core.interceptor.ExecutionInterceptorChain";
  private static final String IN_APP = "dev.thaw.agent.client.AwsSdkV2$";

  /** Where the SDK was found; a function has one. */
  private static volatile @Nullable ClassLoader sdkLoader;

  @Override
  public List<Hook> hooks() {
    return Collections.singletonList(
        Hook.on(CHAIN, "<init>", "(Ljava/util/List;)V")
            .replaceArgument(
                0, SELF, "withOurs", "(Ljava/lang/Object;)Ljava/lang/Object;", Value.argument(0)));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    sdkLoader = loader;
  }

  /** Adds the interceptor to the SDK's list. Called by woven code. */
  public static @Nullable Object withOurs(@Nullable Object interceptors) {
    try {
      ClassLoader loader = sdkLoader;
      if (!(interceptors instanceof List) || loader == null) {
        return interceptors;
      }
      Object ours = InAppLoader.instance(loader, IN_APP, "Interceptor");
      List<Object> all = new ArrayList<>((List<?>) interceptors);
      all.add(ours);
      return all;
    } catch (Throwable e) {
      Log.failure("Hooking the AWS SDK", e);
      return interceptors;
    }
  }

  /** What the SDK calls. Defined below its class loader; nothing here may throw into it. */
  public static final class Interceptor implements ExecutionInterceptor {

    private static final ExecutionAttribute<Call> CALL = new ExecutionAttribute<>("dev.thaw.Call");
    private static final ExecutionAttribute<String> TARGET =
        new ExecutionAttribute<>("dev.thaw.Target");

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
      try {
        Invocation invocation = Invocations.current();
        if (invocation == null) {
          return;
        }
        String service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
        String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        boolean producer = "Sqs".equals(service) && operation.startsWith("SendMessage");
        Call call = invocation.call(service + "/" + operation, producer);
        call.attribute("rpc.system", "aws-api");
        call.attribute("rpc.service", service);
        call.attribute("rpc.method", operation);
        attributes.putAttribute(CALL, call);
        attributes.putAttribute(TARGET, service);
        String type = context.request().getClass().getSimpleName();
        if ("Lambda".equals(service) && type.equals("InvokeRequest")) {
          attributes.putAttribute(TARGET, LambdaRequests.describe(call, context.request()));
        } else if ("Sqs".equals(service) && type.startsWith("SendMessage")) {
          attributes.putAttribute(TARGET, SqsRequests.describe(call, context.request()));
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
      SdkRequest request = context.request();
      try {
        Call call = attributes.getAttribute(CALL);
        if (call == null) {
          return request;
        }
        String type = request.getClass().getName();
        if (type.equals("software.amazon.awssdk.services.lambda.model.InvokeRequest")) {
          return LambdaRequests.withContext(call.context(), request);
        }
        if (type.startsWith("software.amazon.awssdk.services.sqs.model.SendMessage")) {
          return SqsRequests.withContext(call.context(), request);
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
        Call call = attributes.getAttribute(CALL);
        if (call == null) {
          return request;
        }
        call.attribute("server.address", request.host());
        call.attribute("server.port", (long) request.port());
        // Signed with the rest of the request: the signature is made after this.
        return request.toBuilder()
            .putHeader(XRayHeader.NAME, XRayHeader.format(call.context()))
            .build();
      } catch (Throwable e) {
        Log.failure("Handing on the trace with the AWS SDK", e);
        return request;
      }
    }

    @Override
    public void afterTransmission(
        Context.AfterTransmission context, ExecutionAttributes attributes) {
      try {
        Call call = attributes.getAttribute(CALL);
        if (call == null) {
          return;
        }
        int attempt = call.nextAttempt();
        SdkHttpResponse response = context.httpResponse();
        int status = response.statusCode();
        call.attribute("http.response.status_code", (long) status);
        String error = response.firstMatchingHeader("x-amzn-ErrorType").orElse("");
        int colon = error.indexOf(':');
        if (colon > 0) {
          error = error.substring(0, colon);
        }
        if (status == 429
            || error.contains("TooManyRequests")
            || error.contains("Throttl")
            || (status == 503 && response.firstMatchingHeader("Retry-After").isPresent())) {
          String target = attributes.getAttribute(TARGET);
          call.throttled(
              target == null ? "aws" : target,
              error.isEmpty() ? "HTTP " + status : error,
              attempt,
              status);
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
      try {
        Call call = attributes.getAttribute(CALL);
        if (call != null) {
          String requestId =
              context.httpResponse().firstMatchingHeader("x-amzn-RequestId").orElse(null);
          if (requestId != null) {
            call.attribute("aws.request_id", requestId);
          }
          if (context.httpResponse().firstMatchingHeader("X-Amz-Function-Error").isPresent()) {
            call.failed("function_error", "The invoked function failed");
          }
          call.end();
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }

    @Override
    public void onExecutionFailure(
        Context.FailedExecution context, ExecutionAttributes attributes) {
      try {
        Call call = attributes.getAttribute(CALL);
        if (call != null) {
          Throwable failure = context.exception();
          call.failed(failure.getClass().getName(), failure.getMessage());
          call.end();
        }
      } catch (Throwable e) {
        Log.failure("Tracing the AWS SDK", e);
      }
    }
  }

  /** Invoke requests of the Lambda client; only linked where that client is on the class path. */
  public static final class LambdaRequests {

    /** Lambda's limit for the client context, Base64 included. */
    private static final int CLIENT_CONTEXT_LIMIT = 3583;

    private LambdaRequests() {}

    static String describe(Call call, SdkRequest request) {
      InvokeRequest invoke = (InvokeRequest) request;
      String name = functionName(invoke.functionName());
      call.attribute("faas.invoked_name", name);
      call.attribute("faas.invoked_provider", "aws");
      if ("Event".equals(invoke.invocationTypeAsString())) {
        call.attribute("thaw.invocation_type", "Event");
      }
      return name;
    }

    static SdkRequest withContext(TraceContext context, SdkRequest request) {
      InvokeRequest invoke = (InvokeRequest) request;
      // Lambda hands no client context to asynchronous invocations; they get the X-Ray header.
      if (invoke.clientContext() != null || "Event".equals(invoke.invocationTypeAsString())) {
        return request;
      }
      String json = "{\"custom\":{\"traceparent\":\"" + TraceParent.format(context) + "\"}}";
      String encoded = Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
      return encoded.length() > CLIENT_CONTEXT_LIMIT
          ? request
          : invoke.toBuilder().clientContext(encoded).build();
    }

    /** From a name, a partial or a full ARN, with or without a version. */
    private static String functionName(String nameOrArn) {
      int at = nameOrArn.indexOf(":function:");
      String rest = at < 0 ? nameOrArn : nameOrArn.substring(at + ":function:".length());
      int version = rest.indexOf(':');
      return version < 0 ? rest : rest.substring(0, version);
    }
  }

  /** Send requests of the SQS client; only linked where that client is on the class path. */
  public static final class SqsRequests {

    /** SQS refuses a message with more attributes. */
    private static final int ATTRIBUTE_LIMIT = 10;

    private SqsRequests() {}

    static String describe(Call call, SdkRequest request) {
      String url =
          request instanceof SendMessageRequest
              ? ((SendMessageRequest) request).queueUrl()
              : ((SendMessageBatchRequest) request).queueUrl();
      String queue = url == null ? "sqs" : url.substring(url.lastIndexOf('/') + 1);
      call.attribute("messaging.system", "aws_sqs");
      call.attribute("messaging.operation.type", "send");
      call.attribute("messaging.destination.name", queue);
      return queue;
    }

    static SdkRequest withContext(TraceContext context, SdkRequest request) {
      if (request instanceof SendMessageRequest) {
        SendMessageRequest message = (SendMessageRequest) request;
        Map<String, MessageAttributeValue> attributes = with(context, message.messageAttributes());
        return attributes == null
            ? request
            : message.toBuilder().messageAttributes(attributes).build();
      }
      SendMessageBatchRequest batch = (SendMessageBatchRequest) request;
      List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
      for (SendMessageBatchRequestEntry entry : batch.entries()) {
        Map<String, MessageAttributeValue> attributes = with(context, entry.messageAttributes());
        entries.add(
            attributes == null ? entry : entry.toBuilder().messageAttributes(attributes).build());
      }
      return batch.toBuilder().entries(entries).build();
    }

    private static @Nullable Map<String, MessageAttributeValue> with(
        TraceContext context, Map<String, MessageAttributeValue> given) {
      if (given.size() >= ATTRIBUTE_LIMIT || given.containsKey(TraceParent.NAME)) {
        return null;
      }
      Map<String, MessageAttributeValue> attributes = new HashMap<>(given);
      attributes.put(
          TraceParent.NAME,
          MessageAttributeValue.builder()
              .dataType("String")
              .stringValue(TraceParent.format(context))
              .build());
      return attributes;
    }
  }
}
