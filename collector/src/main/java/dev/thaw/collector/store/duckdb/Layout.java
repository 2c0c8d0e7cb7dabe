package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Scope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How the tables stand: which parts there are and what is in which column. Most questions need to
 * know it, and it hardly changes but once an hour.
 *
 * @param parts in the order of their time; the one that is written is the last
 * @param attributes by the number of their column
 * @param columns of each table of spans
 * @param restKeys by part, the attributes that may be outside its columns; nothing is known of a
 *     part that is missing
 */
record Layout(
    List<Parts.Part> parts,
    Map<Integer, AttributeColumns.Column> attributes,
    Map<String, List<AttributeColumns.Column>> columns,
    Map<Integer, Set<String>> restKeys) {

  private static Layout read(Connection own) throws SQLException {
    return new Layout(
        Parts.all(own),
        AttributeColumns.all(own),
        AttributeColumns.byTable(own),
        RestKeys.all(own));
  }

  /** Those that may have spans which began in the range. */
  List<Parts.Part> overlapping(Scope range) {
    return parts.stream()
        .filter(
            part ->
                part.closedNs() == 0
                    || part.lastNs() >= range.fromEpochNs() && part.firstNs() < range.toEpochNs())
        .toList();
  }

  /** The last one that was read. Thread-safe. */
  static final class Known {

    private record Read(long change, Layout layout) {}

    private final AtomicLong changes = new AtomicLong();
    private volatile @Nullable Read last;

    /** To be called when a change has been committed. */
    void changed() {
      changes.incrementAndGet();
    }

    /** May be older than what is asked next sees: a part that was just removed may be in it. */
    Layout now(Connection own) throws SQLException {
      long change = changes.get();
      Read known = last;
      if (known == null || known.change() != change) {
        known = new Read(change, read(own));
        last = known;
      }
      return known.layout();
    }
  }
}
