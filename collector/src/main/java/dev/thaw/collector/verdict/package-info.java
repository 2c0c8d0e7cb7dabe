/**
 * Gives up invocations that were announced and of which nothing more was heard; the rule is {@link
 * dev.thaw.collector.analysis.Verdict}.
 */
@NullMarked
package dev.thaw.collector.verdict;

import org.jspecify.annotations.NullMarked;
