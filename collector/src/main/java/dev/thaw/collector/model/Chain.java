package dev.thaw.collector.model;

import java.util.List;

/**
 * What hangs together across traces: everything that led to a request, and everything that came of
 * it.
 *
 * @param spans of all its traces, each once, without log lines
 * @param logs what was logged meanwhile, in the order of its time
 * @param relations between them, besides those of parents and children
 * @param complete false when it is too large to be shown as one
 */
public record Chain(
    List<Span> spans, List<LogLine> logs, List<Relation> relations, boolean complete) {}
