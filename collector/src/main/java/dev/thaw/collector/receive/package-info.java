/**
 * Bytes of other people in, spans of the model out: validates, counts, rejects. Must not know who
 * asks questions later.
 */
@NullMarked
package dev.thaw.collector.receive;

import org.jspecify.annotations.NullMarked;
