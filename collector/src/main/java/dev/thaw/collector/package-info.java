/**
 * The collector's door: main and the settings. Main wires the rooms by hand, in the order in which
 * data flows.
 */
@NullMarked
package dev.thaw.collector;

import org.jspecify.annotations.NullMarked;
