/** What a collector in trouble costs the function. */
@NullMarked
package dev.thaw.bench.faults;

import org.jspecify.annotations.NullMarked;
