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
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one mapping from the domain to OpenTelemetry: spans and attributes of the semantic
 * conventions (FaaS, HTTP, messaging, RPC, exceptions), and {@code thaw.*} for what they lack.
 * docs/reference/attributes.md lists what comes out. Thread-safe.
 */
final class SpanMapping {

  private static final String VERSION = "0.1.0";

  private static final int LONGEST_STACK = 16 * 1024;
  private static final int LONGEST_OTHER_STACK = 4 * 1024;

  private final String functionName;
  private final String afterRequestId;
  private final String afterState;

  /** Guarded by this object, as is what follows. */
  private final TracesRequest request;

  /** 0 until it is known. */
  private long processStartEpochNs;

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
    Map<String, Object> resource = new LinkedHashMap<>(identity.attributes);
    resource.put(
        "service.name", settings.serviceName == null ? identity.name : settings.serviceName);
    resource.put("telemetry.sdk.language", "java");
    resource.put("telemetry.sdk.name", "thaw");
    resource.put("telemetry.sdk.version", VERSION);
    resource.put("process.pid", ProcessHandle.current().pid());
    resource.put("process.runtime.version", System.getProperty("java.runtime.version", "unknown"));
    resource.putAll(settings.resourceAttributes);
    request = new TracesRequest(resource, "dev.thaw", VERSION);
  }

  /**
   * An ExportTraceServiceRequest (opentelemetry-proto) with all spans of the record.
   *
   * @param dropped how many records were dropped so far
   * @param lastSendNs how long the sending before this one held the environment; 0 for the first
   */
  synchronized byte[] encode(InvocationRecord record, long dropped, long lastSendNs) {
    request.begin();
    TraceContext parent = record.trigger.parent;
    ColdStart start = record.coldStart;
    boolean isStart = record.requestId.isEmpty();
    boolean consumer = "pubsub".equals(record.trigger.kind);
    request.beginSpan(
        record.context,
        parent,
        parent != null,
        functionName,
        isStart ? TracesRequest.INTERNAL : consumer ? TracesRequest.CONSUMER : TracesRequest.SERVER,
        isStart && start != null ? processStart(record, start) : record.startEpochNs,
        record.endEpochNs);
    describe(record, dropped, lastSendNs);
    for (int i = 0; i < record.trigger.links.size(); i++) {
      request.link(record.trigger.links.get(i));
    }
    describeEnd(record);
    request.endSpan();
    if (start != null) {
      addInit(record, start);
    }
    for (int i = 0; i < record.calls.size(); i++) {
      add(record.calls.get(i), record.context);
    }
    return request.end();
  }

  private void describe(InvocationRecord record, long dropped, long lastSendNs) {
    request.attributes(record.trigger.attributes);
    if (!record.requestId.isEmpty()) {
      request.attribute("faas.trigger", record.trigger.kind);
      request.attribute("faas.invocation_id", record.requestId);
    }
    request.attribute("faas.coldstart", record.coldStart != null);
    if (!record.invokedArn.isEmpty()) {
      request.attribute("aws.lambda.invoked_arn", record.invokedArn);
    }
    request.attribute("thaw.outcome", record.outcome.word);
    if (record.provisional) {
      request.attribute("thaw.provisional", true);
    }
    request.attribute("thaw.remaining_time", Math.max(0, record.remainingNs) / 1e9);
    long resident = "killed".equals(record.crashReason) ? -1 : ProcessFacts.residentBytes();
    if (resident > 0) {
      request.attribute("thaw.memory.used", resident);
    }
    if (record.coldStart != null) {
      request.attribute("thaw.init.type", record.coldStart.type);
      request.attribute(
          "thaw.init.idle",
          Math.max(0, record.startNanoTime - record.coldStart.readyNanoTime) / 1e9);
      request.attribute(
          "thaw.init.duration",
          (epochNs(record, record.coldStart.readyNanoTime) - processStart(record, record.coldStart))
              / 1e9);
      if (!afterRequestId.isEmpty()) {
        request.attribute("thaw.init.after", afterRequestId);
        request.attribute("thaw.init.after.outcome", afterState);
      }
    }
    if (record.usage != null) {
      describe(record.usage);
    }
    if (record.throttles > 0) {
      request.attribute("thaw.throttles", record.throttles);
    }
    if (record.droppedCalls > 0) {
      request.attribute("thaw.dropped.calls", record.droppedCalls);
    }
    if (lastSendNs > 0) {
      request.attribute("thaw.agent.last_send", lastSendNs / 1e9);
    }
    if (dropped > 0) {
      request.attribute("thaw.dropped.records", dropped);
    }
    switch (record.outcome) {
      case ERROR:
      case INIT_ERROR:
        request.attribute("error.type", errorType(record));
        break;
      case CRASH:
        request.attribute(
            "error.type", record.crashReason == null ? record.outcome.word : record.crashReason);
        break;
      case TIMEOUT:
      case INIT_TIMEOUT:
        request.attribute("error.type", record.outcome.word);
        break;
      default:
        break;
    }
  }

  private static String crash(@Nullable String reason) {
    if ("terminated".equals(reason)) {
      return "The platform ended the process during the invocation";
    }
    return "killed".equals(reason)
        ? "The process was killed without warning, soon after the invocation began"
        : "The process ended itself during the invocation";
  }

  private void describe(Usage usage) {
    if (usage.cpuNs >= 0) {
      request.attribute("thaw.cpu.time", usage.cpuNs / 1e9);
    }
    if (usage.threadCpuNs >= 0) {
      request.attribute("thaw.cpu.handler", usage.threadCpuNs / 1e9);
    }
    request.attribute("thaw.memory.heap", usage.heapBytes);
    if (usage.gcCount >= 0 && usage.gcNs >= 0) {
      request.attribute("thaw.gc.count", usage.gcCount);
      request.attribute("thaw.gc.time", usage.gcNs / 1e9);
    }
  }

  private static String errorType(InvocationRecord record) {
    if (record.errorType != null && !record.errorType.isEmpty()) {
      return record.errorType;
    }
    return record.thrown == null ? "_OTHER" : record.thrown.getClass().getName();
  }

  private void describeEnd(InvocationRecord record) {
    switch (record.outcome) {
      case ERROR:
      case INIT_ERROR:
        request.error(record.errorMessage == null ? "" : record.errorMessage);
        request.beginEvent("exception", record.endEpochNs);
        request.attribute("exception.type", errorType(record));
        request.attribute("exception.message", record.errorMessage);
        if (record.thrown != null) {
          request.attribute("exception.stacktrace", stackTrace(record.thrown));
        }
        request.endEvent();
        break;
      case TIMEOUT:
        request.error(
            "Task timed out after "
                + seconds(record.endEpochNs - record.startEpochNs)
                + " seconds");
        break;
      case CRASH:
        request.error(crash(record.crashReason));
        break;
      case INIT_TIMEOUT:
        request.error("The platform ended the process before it was ready");
        break;
      default:
        break;
    }
    for (int i = 0; i < record.stacks.size(); i++) {
      ThreadStack stack = record.stacks.get(i);
      request.beginEvent("thaw.stack", record.endEpochNs);
      request.attribute("thread.name", stack.threadName);
      request.attribute(
          "code.stacktrace", frames(stack.frames, i == 0 ? LONGEST_STACK : LONGEST_OTHER_STACK));
      request.endEvent();
    }
  }

  private void addInit(InvocationRecord record, ColdStart start) {
    TraceContext invocation = record.context;
    long processStart = processStart(record, start);
    TraceContext init = derived(invocation, 0);
    beginPhase("init", init, invocation, processStart, epochNs(record, start.readyNanoTime));
    request.attribute("thaw.init.type", start.type);
    request.attribute("thaw.agent.start", start.agentNs / 1e9);
    if (record.usage != null && record.usage.gcNs >= 0) {
      request.attribute("thaw.init.gc", record.usage.gcNs / 1e9);
    }
    if (start.profile != null) {
      // Shortly before a kill there is no time, without memory no room: the announcement's must do.
      boolean hurry =
          record.outcome == Outcome.TIMEOUT
              || record.outcome == Outcome.INIT_TIMEOUT
              || record.thrown instanceof OutOfMemoryError;
      request.attribute(
          "thaw.init.profile", hurry ? start.profile.encodedBefore() : start.profile.encoded());
    }
    request.endSpan();
    if (!start.restored) {
      beginPhase(
          "jvm",
          derived(invocation, 1),
          init,
          processStart,
          epochNs(record, start.premainNanoTime));
      request.endSpan();
    }
    for (int i = 0; i < start.phases.size(); i++) {
      Phase phase = start.phases.get(i);
      beginPhase(
          phase.name,
          derived(invocation, i + 2),
          init,
          epochNs(record, phase.startNanoTime),
          epochNs(record, phase.endNanoTime));
      request.endSpan();
    }
  }

  private void beginPhase(
      String name, TraceContext own, TraceContext parent, long startEpochNs, long endEpochNs) {
    request.beginSpan(own, parent, false, name, TracesRequest.INTERNAL, startEpochNs, endEpochNs);
    request.attribute("thaw.phase", name);
  }

  /** Made of the invocation's id, so that a record sent twice has the same one. */
  private static TraceContext derived(TraceContext invocation, int number) {
    String id = invocation.spanId;
    String last = Integer.toHexString((Character.digit(id.charAt(15), 16) + number) & 15);
    // The first digit differs from the invocation's; the second is never 0, as an id must not be.
    String first = id.charAt(0) == '0' ? "f" : "0";
    String second = id.charAt(1) == '0' ? "1" : id.substring(1, 2);
    return new TraceContext(
        invocation.traceId, first + second + id.substring(2, 15) + last, invocation.sampled, null);
  }

  private static long epochNs(InvocationRecord record, long nanoTime) {
    return record.startEpochNs - (record.startNanoTime - nanoTime);
  }

  /** Read once: every record of the first invocation names the same moment. */
  private long processStart(InvocationRecord record, ColdStart start) {
    if (processStartEpochNs == 0) {
      long premain = epochNs(record, start.premainNanoTime);
      // A restored process is older than this environment.
      long age = start.restored ? -1 : ProcessFacts.ageNs();
      processStartEpochNs = age < 0 ? premain : Math.min(premain, Clock.epochNs() - age);
    }
    return processStartEpochNs;
  }

  private void add(CallRecord call, TraceContext invocation) {
    request.beginSpan(
        new TraceContext(invocation.traceId, call.spanId, invocation.sampled, null),
        invocation,
        false,
        call.name,
        call.producer ? TracesRequest.PRODUCER : TracesRequest.CLIENT,
        call.startEpochNs,
        call.endEpochNs);
    request.attributes(call.attributes);
    if (call.unfinished) {
      request.attribute("thaw.unfinished", true);
    }
    if (call.attempts > 1) {
      request.attribute("http.request.resend_count", call.attempts - 1);
    }
    if (call.errorType != null) {
      request.attribute("error.type", call.errorType);
      request.error(call.errorMessage == null ? "" : call.errorMessage);
    }
    for (int i = 0; i < call.throttles.size(); i++) {
      add(call.throttles.get(i));
    }
    request.endSpan();
  }

  private void add(Throttle throttle) {
    request.beginEvent("thaw.throttle", throttle.epochNs);
    request.attribute("thaw.throttle.target", throttle.target);
    request.attribute("thaw.throttle.reason", throttle.reason);
    request.attribute("thaw.throttle.attempt", throttle.attempt);
    if (throttle.status > 0) {
      request.attribute("http.response.status_code", throttle.status);
    }
    if (throttle.retryAfterNs >= 0) {
      request.attribute("thaw.throttle.retry_after", throttle.retryAfterNs / 1e9);
    }
    if (throttle.waitNs >= 0) {
      request.attribute("thaw.throttle.wait", throttle.waitNs / 1e9);
    }
    request.endEvent();
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
