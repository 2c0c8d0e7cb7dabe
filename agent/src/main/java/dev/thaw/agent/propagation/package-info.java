/** Trace context in and out: the header formats, and what each carries. */
@NullMarked
package dev.thaw.agent.propagation;

import org.jspecify.annotations.NullMarked;
