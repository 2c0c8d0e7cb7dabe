/** The embedded engine: one DuckDB file. SQL must not leave this package. */
@NullMarked
package dev.thaw.collector.store.duckdb;

import org.jspecify.annotations.NullMarked;
