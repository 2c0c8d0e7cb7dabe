package dev.thaw.collector.model;

/**
 * Two spans of which one led to the other, though it is not its child: a link, or the sending and
 * the receiving of one message.
 *
 * @param fromSpanId the cause: mostly the call that sent something
 * @param toSpanId the effect: mostly the invocation that got it
 */
public record Relation(String fromTraceId, String fromSpanId, String toTraceId, String toSpanId) {}
