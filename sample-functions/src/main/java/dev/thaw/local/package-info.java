/**
 * The local function platform: starts the real function runtimes as processes and imitates the
 * platform around them.
 *
 * <p>What enters: invocations over HTTP, the Lambda Invoke API and SQS. What leaves: answers, and a
 * ledger of what really happened. Thaw's agent and collector must not be known here, because the
 * ledger is what they are checked against.
 */
@NullMarked
package dev.thaw.local;

import org.jspecify.annotations.NullMarked;
