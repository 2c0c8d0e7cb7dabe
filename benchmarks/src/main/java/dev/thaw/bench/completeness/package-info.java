/** Whether everything that happened on a platform in trouble was recorded: ledger and collector. */
@NullMarked
package dev.thaw.bench.completeness;

import org.jspecify.annotations.NullMarked;
