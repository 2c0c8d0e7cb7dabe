/** What can be concluded from spans: pure functions on the model, no input or output. */
@NullMarked
package dev.thaw.collector.analysis;

import org.jspecify.annotations.NullMarked;
