/** What the collector still has after it was killed, and after its files were damaged. */
@NullMarked
package dev.thaw.bench.crash;

import org.jspecify.annotations.NullMarked;
