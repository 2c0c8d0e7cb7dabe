/** What the dashboard costs in a real browser. */
@NullMarked
package dev.thaw.bench.web;

import org.jspecify.annotations.NullMarked;
