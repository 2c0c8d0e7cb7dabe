/** Rules, their evaluation and their states. Messages leave through {@code channel}. */
@NullMarked
package dev.thaw.collector.alert;

import org.jspecify.annotations.NullMarked;
