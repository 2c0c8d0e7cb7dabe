/**
 * The init profile: where the time of a cold start goes, stack by stack. Loaded only when it is on.
 */
@NullMarked
package dev.thaw.agent.coldstart;

import org.jspecify.annotations.NullMarked;
