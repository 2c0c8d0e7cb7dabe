/** The agent's door: premain and the settings. It wires the rooms below and starts nothing else. */
@NullMarked
package dev.thaw.agent;

import org.jspecify.annotations.NullMarked;
