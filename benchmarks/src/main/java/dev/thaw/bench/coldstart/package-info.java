/**
 * What an agent costs a function: start, warm invocations, memory, and the time for which it holds
 * the environment. Real runtimes, as processes; the peers in the same run.
 */
@NullMarked
package dev.thaw.bench.coldstart;

import org.jspecify.annotations.NullMarked;
