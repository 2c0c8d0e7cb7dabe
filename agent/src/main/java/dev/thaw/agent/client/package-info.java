/**
 * One file per outgoing client library: what it hooks, how it carries the context, what a throttle
 * looks like there.
 *
 * <p>A client must not know another one.
 */
@NullMarked
package dev.thaw.agent.client;

import org.jspecify.annotations.NullMarked;
