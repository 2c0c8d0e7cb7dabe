/**
 * What was acknowledged: requests as they came, framed, checksummed and forced to the disk before
 * the answer. Feeds the store, and rebuilds it. Must not know what a request holds.
 */
@NullMarked
package dev.thaw.collector.journal;

import org.jspecify.annotations.NullMarked;
