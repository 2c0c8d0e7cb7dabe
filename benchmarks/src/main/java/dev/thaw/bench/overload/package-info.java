/** What becomes of the collector when far more comes than it can take. */
@NullMarked
package dev.thaw.bench.overload;

import org.jspecify.annotations.NullMarked;
