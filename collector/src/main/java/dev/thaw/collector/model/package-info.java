/** What everything else speaks of: immutable records. Depends on java.base only. */
@NullMarked
package dev.thaw.collector.model;

import org.jspecify.annotations.NullMarked;
