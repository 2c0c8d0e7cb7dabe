/** How fast the collector takes spans, beside Zipkin and beside its engine alone. */
@NullMarked
package dev.thaw.bench.ingest;

import org.jspecify.annotations.NullMarked;
