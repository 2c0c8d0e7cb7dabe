/** How long it takes to evaluate many alert rules. */
@NullMarked
package dev.thaw.bench.alerts;

import org.jspecify.annotations.NullMarked;
