package dev.thaw.collector.rollup;

/**
 * One row of the rollups.
 *
 * @param version of the function, or empty when it is not known
 * @param epochMinute when it begins, in minutes since the Unix epoch
 */
public record FunctionBucket(String function, String version, long epochMinute, Bucket bucket) {}
