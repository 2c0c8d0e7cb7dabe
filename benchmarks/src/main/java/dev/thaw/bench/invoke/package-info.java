/** What the agent does on the handler's own thread, by JMH. */
@NullMarked
package dev.thaw.bench.invoke;

import org.jspecify.annotations.NullMarked;
