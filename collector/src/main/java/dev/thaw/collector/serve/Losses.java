package dev.thaw.collector.serve;

/**
 * What the collector had to give up, as the API tells it.
 *
 * @param missingRequests acknowledged requests that the journal had lost at the start
 * @param skippedSpans spans that the store could not take
 * @param damage what was damaged at the start and set aside, or empty
 */
public record Losses(long missingRequests, long skippedSpans, String damage) {}
