/**
 * Per function and minute: counters and histograms that can be added up. Enough for the overview
 * without reading a span.
 */
@NullMarked
package dev.thaw.collector.rollup;

import org.jspecify.annotations.NullMarked;
