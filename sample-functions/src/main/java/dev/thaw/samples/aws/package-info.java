/**
 * Small functions for AWS Lambda such as people write: an order chain, and three that have a
 * problem.
 *
 * <p>They know nothing of Thaw and must stay that way: what is observed has to work on code that
 * was not written for it.
 */
@NullMarked
package dev.thaw.samples.aws;

import org.jspecify.annotations.NullMarked;
