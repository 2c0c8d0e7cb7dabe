/**
 * One line on standard error, once per cause. No logging framework: it would be paid for at every
 * cold start.
 */
@NullMarked
package dev.thaw.agent.log;

import org.jspecify.annotations.NullMarked;
