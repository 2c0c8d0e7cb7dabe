/**
 * One file per function platform: what it hooks, and how it reads request id, deadline, trigger and
 * trace context.
 *
 * <p>What enters: calls from woven code, with values of JDK types only. What leaves: invocations. A
 * platform must not know another one.
 */
@NullMarked
package dev.thaw.agent.platform;

import org.jspecify.annotations.NullMarked;
