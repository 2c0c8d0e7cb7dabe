/**
 * Turns finished invocations into OpenTelemetry spans and sends them: the one mapping to the
 * semantic conventions, and the only room that knows OTLP. But for {@link Sending} nothing here is
 * loaded before the first response is out.
 */
@NullMarked
package dev.thaw.agent.export;

import org.jspecify.annotations.NullMarked;
