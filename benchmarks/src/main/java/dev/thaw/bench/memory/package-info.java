/** Whether the agent's memory stays flat. */
@NullMarked
package dev.thaw.bench.memory;

import org.jspecify.annotations.NullMarked;
