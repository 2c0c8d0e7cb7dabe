/** The questions that the dashboard asks, in terms of store, rollup and analysis. */
@NullMarked
package dev.thaw.collector.query;

import org.jspecify.annotations.NullMarked;
