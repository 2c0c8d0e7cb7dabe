/** How long the dashboard's questions take on a day of ten million spans. */
@NullMarked
package dev.thaw.bench.query;

import org.jspecify.annotations.NullMarked;
