package dev.thaw.collector.rollup;

/**
 * One row of the rollups.
 *
 * @param epochMinute minutes since the Unix epoch
 */
public record FunctionMinute(String function, long epochMinute, Minute minute) {}
