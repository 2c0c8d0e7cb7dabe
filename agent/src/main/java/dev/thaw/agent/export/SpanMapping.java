package dev.thaw.agent.export;

import dev.thaw.agent.Settings;
import dev.thaw.agent.invocation.CallRecord;
import dev.thaw.agent.invocation.Clock;
import dev.thaw.agent.invocation.ColdStart;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.InvocationRecord;
import dev.thaw.agent.invocation.Outcome;
import dev.thaw.agent.invocation.Phase;
import dev.thaw.agent.invocation.ThreadStack;
import dev.thaw.agent.invocation.Throttle;
import dev.thaw.agent.invocation.TraceContext;
import dev.thaw.agent.invocation.Usage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.exporter.internal.otlp.traces.TraceRequestMarshaler;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one mapping from the domain to OpenTelemetry: spans and attributes of the semantic
 * conventions (FaaS, HTTP, messaging, RPC, exceptions), and {@code thaw.*} for what they lack.
 * docs/reference/attributes.md lists what comes out.
 */
final class SpanMapping {

  private static final int LONGEST_STACK = 16 * 1024;

  private final Resource resource;
  private static final int LONGEST_OTHER_STACK = 4 * 1024;

  private final String functionName;
  private final String afterRequestId;
  private final String afterState;

  /**
   * @param afterRequestId the invocation in which the process before this one was killed; empty
   *     when there is none
   * @param afterState how it stood then
   */
  SpanMapping(
      Settings settings, FunctionIdentity identity, String afterRequestId, String afterState) {
    this.afterRequestId = afterRequestId;
    this.afterState = afterState;
    functionName = identity.name;
    AttributesBuilder attributes = Attributes.builder();
    put(attributes, identity.attributes);
    attributes.put(
        "service.name", settings.serviceName == null ? identity.name : settings.serviceName);
    attributes.put("telemetry.sdk.language", "java");
    attributes.put("telemetry.sdk.name", "opentelemetry");
    attributes.put("telemetry.distro.name", "thaw");
    attributes.put("process.pid", ProcessHandle.current().pid());
    attributes.put(
        "process.runtime.version", System.getProperty("java.runtime.version", "unknown"));
    for (Map.Entry<String, String> own : settings.resourceAttributes.entrySet()) {
      attributes.put(own.getKey(), own.getValue());
    }
    resource = Resource.create(attributes.build());
  }

  /**
   * An ExportTraceServiceRequest (opentelemetry-proto) with all spans of the record.
   *
   * @param dropped how many records were dropped so far
   * @param lastSendNs how long the sending before this one held the environment; 0 for the first
   */
  byte[] encode(InvocationRecord record, long dropped, long lastSendNs) throws IOException {
    List<SpanData> spans = new ArrayList<>();
    map(record, dropped, lastSendNs, spans);
    ByteArrayOutputStream out = new ByteArrayOutputStream(2048);
    TraceRequestMarshaler.create(spans).writeBinaryTo(out);
    return out.toByteArray();
  }

  private void map(InvocationRecord record, long dropped, long lastSendNs, List<SpanData> spans) {
    SpanContext context = context(record.context, false);
    SpanContext parent =
        record.trigger.parent == null
            ? SpanContext.getInvalid()
            : context(record.trigger.parent, true);
    boolean isStart = record.requestId.isEmpty();
    boolean consumer = "pubsub".equals(record.trigger.kind);
    Span span =
        new Span(
            context,
            parent,
            functionName,
            isStart ? SpanKind.INTERNAL : consumer ? SpanKind.CONSUMER : SpanKind.SERVER,
            isStart && record.coldStart != null
                ? processStart(record, record.coldStart)
                : record.startEpochNs,
            record.endEpochNs,
            resource);
    span.attributes = invocationAttributes(record, dropped, lastSendNs);
    for (int i = 0; i < record.trigger.links.size(); i++) {
      span.links.add(LinkData.create(context(record.trigger.links.get(i), true)));
    }
    describeEnd(record, span);
    spans.add(span);
    ColdStart start = record.coldStart;
    if (start != null) {
      addInit(record, start, context, spans);
    }
    for (int i = 0; i < record.calls.size(); i++) {
      spans.add(call(record.calls.get(i), context));
    }
  }

  private Attributes invocationAttributes(InvocationRecord record, long dropped, long lastSendNs) {
    AttributesBuilder attributes = Attributes.builder();
    put(attributes, record.trigger.attributes);
    if (!record.requestId.isEmpty()) {
      attributes.put("faas.trigger", record.trigger.kind);
      attributes.put("faas.invocation_id", record.requestId);
    }
    attributes.put("faas.coldstart", record.coldStart != null);
    if (!record.invokedArn.isEmpty()) {
      attributes.put("aws.lambda.invoked_arn", record.invokedArn);
    }
    attributes.put("thaw.outcome", record.outcome.word);
    if (record.provisional) {
      attributes.put("thaw.provisional", true);
    }
    attributes.put("thaw.remaining_time", Math.max(0, record.remainingNs) / 1e9);
    long resident = "killed".equals(record.crashReason) ? -1 : ProcessFacts.residentBytes();
    if (resident > 0) {
      attributes.put("thaw.memory.used", resident);
    }
    if (record.coldStart != null) {
      attributes.put("thaw.init.type", record.coldStart.type);
      attributes.put(
          "thaw.init.idle",
          Math.max(0, record.startNanoTime - record.coldStart.readyNanoTime) / 1e9);
      attributes.put(
          "thaw.init.duration",
          (epochNs(record, record.coldStart.readyNanoTime) - processStart(record, record.coldStart))
              / 1e9);
      if (!afterRequestId.isEmpty()) {
        attributes.put("thaw.init.after", afterRequestId);
        attributes.put("thaw.init.after.outcome", afterState);
      }
    }
    if (record.usage != null) {
      put(attributes, record.usage);
    }
    if (record.throttles > 0) {
      attributes.put("thaw.throttles", record.throttles);
    }
    if (record.droppedCalls > 0) {
      attributes.put("thaw.dropped.calls", record.droppedCalls);
    }
    if (lastSendNs > 0) {
      attributes.put("thaw.agent.last_send", lastSendNs / 1e9);
    }
    if (dropped > 0) {
      attributes.put("thaw.dropped.records", dropped);
    }
    switch (record.outcome) {
      case ERROR:
      case INIT_ERROR:
        attributes.put("error.type", errorType(record));
        break;
      case CRASH:
        attributes.put(
            "error.type", record.crashReason == null ? record.outcome.word : record.crashReason);
        break;
      case TIMEOUT:
      case INIT_TIMEOUT:
        attributes.put("error.type", record.outcome.word);
        break;
      default:
        break;
    }
    return attributes.build();
  }

  private static String crash(@Nullable String reason) {
    if ("terminated".equals(reason)) {
      return "The platform ended the process during the invocation";
    }
    return "killed".equals(reason)
        ? "The process was killed without warning, soon after the invocation began"
        : "The process ended itself during the invocation";
  }

  private static void put(AttributesBuilder attributes, Usage usage) {
    if (usage.cpuNs >= 0) {
      attributes.put("thaw.cpu.time", usage.cpuNs / 1e9);
    }
    if (usage.threadCpuNs >= 0) {
      attributes.put("thaw.cpu.handler", usage.threadCpuNs / 1e9);
    }
    attributes.put("thaw.memory.heap", usage.heapBytes);
    if (usage.gcCount >= 0 && usage.gcNs >= 0) {
      attributes.put("thaw.gc.count", usage.gcCount);
      attributes.put("thaw.gc.time", usage.gcNs / 1e9);
    }
  }

  private static String errorType(InvocationRecord record) {
    if (record.errorType != null && !record.errorType.isEmpty()) {
      return record.errorType;
    }
    return record.thrown == null ? "_OTHER" : record.thrown.getClass().getName();
  }

  private void describeEnd(InvocationRecord record, Span span) {
    switch (record.outcome) {
      case ERROR:
      case INIT_ERROR:
        span.status =
            StatusData.create(
                io.opentelemetry.api.trace.StatusCode.ERROR,
                record.errorMessage == null ? "" : record.errorMessage);
        AttributesBuilder exception = Attributes.builder();
        exception.put("exception.type", errorType(record));
        if (record.errorMessage != null) {
          exception.put("exception.message", record.errorMessage);
        }
        if (record.thrown != null) {
          exception.put("exception.stacktrace", stackTrace(record.thrown));
        }
        span.events.add(EventData.create(record.endEpochNs, "exception", exception.build()));
        break;
      case TIMEOUT:
        span.status =
            StatusData.create(
                io.opentelemetry.api.trace.StatusCode.ERROR,
                "Task timed out after "
                    + seconds(record.endEpochNs - record.startEpochNs)
                    + " seconds");
        break;
      case CRASH:
        span.status =
            StatusData.create(
                io.opentelemetry.api.trace.StatusCode.ERROR, crash(record.crashReason));
        break;
      case INIT_TIMEOUT:
        span.status =
            StatusData.create(
                io.opentelemetry.api.trace.StatusCode.ERROR,
                "The platform ended the process before it was ready");
        break;
      default:
        break;
    }
    for (int i = 0; i < record.stacks.size(); i++) {
      ThreadStack stack = record.stacks.get(i);
      Attributes attributes =
          Attributes.builder()
              .put("thread.name", stack.threadName)
              .put(
                  "code.stacktrace",
                  frames(stack.frames, i == 0 ? LONGEST_STACK : LONGEST_OTHER_STACK))
              .build();
      span.events.add(EventData.create(record.endEpochNs, "thaw.stack", attributes));
    }
  }

  private void addInit(
      InvocationRecord record, ColdStart start, SpanContext invocation, List<SpanData> spans) {
    long processStart = processStart(record, start);
    SpanContext init = derived(invocation, 0);
    Span span = phase("init", init, invocation, processStart, epochNs(record, start.readyNanoTime));
    AttributesBuilder attributes =
        Attributes.builder()
            .put("thaw.phase", "init")
            .put("thaw.init.type", start.type)
            .put("thaw.agent.start", start.agentNs / 1e9);
    if (record.usage != null && record.usage.gcNs >= 0) {
      attributes.put("thaw.init.gc", record.usage.gcNs / 1e9);
    }
    if (start.profile != null) {
      // Shortly before a kill there is no time, without memory no room: the announcement's must do.
      boolean hurry =
          record.outcome == Outcome.TIMEOUT
              || record.outcome == Outcome.INIT_TIMEOUT
              || record.thrown instanceof OutOfMemoryError;
      attributes.put(
          "thaw.init.profile", hurry ? start.profile.encodedBefore() : start.profile.encoded());
    }
    span.attributes = attributes.build();
    spans.add(span);
    if (!start.restored) {
      spans.add(
          phase(
              "jvm",
              derived(invocation, 1),
              init,
              processStart,
              epochNs(record, start.premainNanoTime)));
    }
    for (int i = 0; i < start.phases.size(); i++) {
      Phase phase = start.phases.get(i);
      spans.add(
          phase(
              phase.name,
              derived(invocation, i + 2),
              init,
              epochNs(record, phase.startNanoTime),
              epochNs(record, phase.endNanoTime)));
    }
  }

  private Span phase(
      String name, SpanContext own, SpanContext parent, long startEpochNs, long endEpochNs) {
    Span span = new Span(own, parent, name, SpanKind.INTERNAL, startEpochNs, endEpochNs, resource);
    span.attributes = Attributes.builder().put("thaw.phase", name).build();
    return span;
  }

  /** Made of the invocation's id, so that a record sent twice has the same one. */
  private static SpanContext derived(SpanContext invocation, int number) {
    String id = invocation.getSpanId();
    String last = Integer.toHexString((Character.digit(id.charAt(15), 16) + number) & 15);
    // The first digit differs from the invocation's; the second is never 0, as an id must not be.
    String first = id.charAt(0) == '0' ? "f" : "0";
    String second = id.charAt(1) == '0' ? "1" : id.substring(1, 2);
    return SpanContext.create(
        invocation.getTraceId(),
        first + second + id.substring(2, 15) + last,
        invocation.getTraceFlags(),
        TraceState.getDefault());
  }

  private static long epochNs(InvocationRecord record, long nanoTime) {
    return record.startEpochNs - (record.startNanoTime - nanoTime);
  }

  private long processStartEpochNs;

  /** Read once: every record of the first invocation names the same moment. */
  private synchronized long processStart(InvocationRecord record, ColdStart start) {
    if (processStartEpochNs == 0) {
      long premain = epochNs(record, start.premainNanoTime);
      // A restored process is older than this environment.
      long age = start.restored ? -1 : ProcessFacts.ageNs();
      processStartEpochNs = age < 0 ? premain : Math.min(premain, Clock.epochNs() - age);
    }
    return processStartEpochNs;
  }

  private Span call(CallRecord call, SpanContext invocation) {
    SpanContext context =
        SpanContext.create(
            invocation.getTraceId(),
            call.spanId,
            invocation.getTraceFlags(),
            invocation.getTraceState());
    Span span =
        new Span(
            context,
            invocation,
            call.name,
            call.producer ? SpanKind.PRODUCER : SpanKind.CLIENT,
            call.startEpochNs,
            call.endEpochNs,
            resource);
    AttributesBuilder attributes = Attributes.builder();
    put(attributes, call.attributes);
    if (call.unfinished) {
      attributes.put("thaw.unfinished", true);
    }
    if (call.attempts > 1) {
      attributes.put("http.request.resend_count", call.attempts - 1);
    }
    if (call.errorType != null) {
      attributes.put("error.type", call.errorType);
      span.status =
          StatusData.create(
              io.opentelemetry.api.trace.StatusCode.ERROR,
              call.errorMessage == null ? "" : call.errorMessage);
    }
    span.attributes = attributes.build();
    for (int i = 0; i < call.throttles.size(); i++) {
      Throttle throttle = call.throttles.get(i);
      span.events.add(EventData.create(throttle.epochNs, "thaw.throttle", attributes(throttle)));
    }
    return span;
  }

  private static Attributes attributes(Throttle throttle) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put("thaw.throttle.target", throttle.target)
            .put("thaw.throttle.reason", throttle.reason)
            .put("thaw.throttle.attempt", throttle.attempt);
    if (throttle.status > 0) {
      attributes.put("http.response.status_code", throttle.status);
    }
    if (throttle.retryAfterNs >= 0) {
      attributes.put("thaw.throttle.retry_after", throttle.retryAfterNs / 1e9);
    }
    if (throttle.waitNs >= 0) {
      attributes.put("thaw.throttle.wait", throttle.waitNs / 1e9);
    }
    return attributes.build();
  }

  private static SpanContext context(TraceContext context, boolean remote) {
    TraceFlags flags = context.sampled ? TraceFlags.getSampled() : TraceFlags.getDefault();
    return remote
        ? SpanContext.createFromRemoteParent(
            context.traceId, context.spanId, flags, TraceState.getDefault())
        : SpanContext.create(context.traceId, context.spanId, flags, TraceState.getDefault());
  }

  private static void put(AttributesBuilder to, Map<String, Object> attributes) {
    for (Map.Entry<String, Object> entry : attributes.entrySet()) {
      Object value = entry.getValue();
      if (value instanceof Long) {
        to.put(AttributeKey.longKey(entry.getKey()), (Long) value);
      } else if (value instanceof Double) {
        to.put(AttributeKey.doubleKey(entry.getKey()), (Double) value);
      } else if (value instanceof Boolean) {
        to.put(AttributeKey.booleanKey(entry.getKey()), (Boolean) value);
      } else if (value instanceof String[]) {
        to.put(entry.getKey(), (String[]) value);
      } else {
        to.put(AttributeKey.stringKey(entry.getKey()), String.valueOf(value));
      }
    }
  }

  private static String stackTrace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return shortened(text.toString(), LONGEST_STACK);
  }

  private static String frames(StackTraceElement[] stack, int longest) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < stack.length && text.length() <= longest; i++) {
      text.append("\tat ").append(stack[i]).append('\n');
    }
    return shortened(text.toString(), longest);
  }

  private static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "\n\t...";
  }

  private static String seconds(long ns) {
    long hundredths = (ns + 5_000_000L) / 10_000_000L;
    return hundredths / 100 + "." + (hundredths % 100 < 10 ? "0" : "") + hundredths % 100;
  }
}
