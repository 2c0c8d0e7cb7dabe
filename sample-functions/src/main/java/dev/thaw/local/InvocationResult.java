package dev.thaw.local;

/**
 * What became of an invocation.
 *
 * @param outcome how it ended
 * @param payload the function's answer, or the error as Lambda's JSON object
 */
public record InvocationResult(Outcome outcome, byte[] payload) {}
