package dev.thaw.local;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One invocation on its way through the platform: what was asked, and the promise of its result.
 */
final class InvocationRequest {

  final String requestId;
  final byte[] payload;
  final String traceHeader;
  final @Nullable String clientContext;
  final Caller caller;
  final int attempt;
  final CompletableFuture<InvocationResult> result = new CompletableFuture<>();

  InvocationRequest(
      String requestId,
      byte[] payload,
      String traceHeader,
      @Nullable String clientContext,
      Caller caller,
      int attempt) {
    this.requestId = requestId;
    this.payload = payload;
    this.traceHeader = traceHeader;
    this.clientContext = clientContext;
    this.caller = caller;
    this.attempt = attempt;
  }

  /** The platform's own trigger of that name delivers an event; nobody's context comes with it. */
  static InvocationRequest fromTrigger(String trigger, byte[] event) {
    return new InvocationRequest(
        UUID.randomUUID().toString(),
        event,
        InvokeApi.traceHeader((String) null),
        null,
        Caller.trigger(trigger),
        1);
  }
}
