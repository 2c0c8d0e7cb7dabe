package dev.thaw.collector.model;

import java.util.List;

/**
 * A trace as a search finds it.
 *
 * @param rootFunction the function whose invocation began first
 * @param functions all functions in it, in the order of the alphabet
 * @param worst the worst outcome of its invocations
 */
public record TraceSummary(
    String traceId,
    String rootFunction,
    long startEpochNs,
    long endEpochNs,
    int invocations,
    int coldStarts,
    List<String> functions,
    Outcome worst) {}
