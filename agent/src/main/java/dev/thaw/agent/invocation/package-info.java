/**
 * The domain: what an invocation is, what it called, how it ended.
 *
 * <p>Platforms and clients write to it, export reads it. It knows no bytecode, no HTTP and no
 * OpenTelemetry, and nothing in it may throw into the application.
 */
@NullMarked
package dev.thaw.agent.invocation;

import org.jspecify.annotations.NullMarked;
