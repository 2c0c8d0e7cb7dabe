package dev.thaw.collector.model;

/**
 * How many traces began in one part of a time range and came out in one way.
 *
 * @param bar the part, from 0
 * @param worst of the outcomes of a trace's invocations
 */
public record TraceCount(int bar, Outcome worst, long count) {}
