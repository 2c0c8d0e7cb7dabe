package dev.thaw.collector.store.duckdb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/**
 * Which closed parts can't have a trace: a Bloom filter for each, in pieces, so that a question
 * reads one small piece of each. It errs on one side only: a part that has the trace is never left
 * out. Parts that were closed before there was an index, that are written, or that were thinned
 * have none and always may have it.
 */
final class TraceIndex {

  /** Fixed: the piece of a trace must be known without looking at the part. */
  private static final int PIECES = 256;

  /** With so many bits for a trace and so many of them set, one in a hundred parts errs. */
  private static final int BITS_PER_TRACE = 10;

  private static final int SET_BITS = 6;

  private static final int ROWS_AT_ONCE = 1_000_000;

  /** Of more traces nearly every part has some. */
  private static final int MOST_TRACES = 50;

  private TraceIndex() {}

  /**
   * To be called when nothing will be added to the part. Takes a byte and a quarter of memory for
   * each trace: a part may have twenty million.
   */
  static void write(DuckDBConnection writing, Parts.Part part) throws SQLException {
    byte[][] pieces = empty(writing, part);
    try (PreparedStatement page =
        writing.prepareStatement(
            "SELECT trace_id FROM " + part.spanTable() + " WHERE rowid >= ? AND rowid < ?")) {
      long last = number(writing, "SELECT coalesce(max(rowid), -1) FROM " + part.spanTable());
      for (long from = 0; from <= last; from += ROWS_AT_ONCE) {
        page.setLong(1, from);
        page.setLong(2, from + ROWS_AT_ONCE);
        try (ResultSet row = page.executeQuery()) {
          while (row.next()) {
            UUID trace = (UUID) row.getObject(1);
            add(pieces[piece(trace)], trace);
          }
        }
      }
    }
    try (PreparedStatement put =
        writing.prepareStatement("INSERT INTO trace_index VALUES (?, ?, ?)")) {
      for (int piece = 0; piece < PIECES; piece++) {
        put.setInt(1, part.id());
        put.setInt(2, piece);
        put.setBytes(3, pieces[piece]);
        put.addBatch();
      }
      put.executeBatch();
    }
  }

  /** Pieces as large as their share of the traces needs, and what shares differ by. */
  private static byte[][] empty(DuckDBConnection writing, Parts.Part part) throws SQLException {
    long traces =
        number(writing, "SELECT approx_count_distinct(trace_id) FROM " + part.spanTable());
    double share = traces / (double) PIECES;
    double most = share + 3 * Math.sqrt(share) + 1;
    return new byte[PIECES][(int) Math.ceil(most * BITS_PER_TRACE / 8)];
  }

  private static long number(DuckDBConnection writing, String sql) throws SQLException {
    try (Statement statement = writing.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Those of the parts that may have one of the traces. */
  static List<Parts.Part> candidates(Connection own, List<Parts.Part> parts, Set<UUID> traces)
      throws SQLException {
    if (traces.size() > MOST_TRACES) {
      return parts;
    }
    Map<Integer, List<UUID>> byPiece =
        traces.stream().collect(Collectors.groupingBy(TraceIndex::piece));
    String pieces = byPiece.keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
    Map<Integer, Boolean> mayHave = new HashMap<>();
    try (Statement statement = own.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT part, piece, bits FROM trace_index WHERE piece IN (" + pieces + ")")) {
      while (row.next()) {
        byte[] bits = row.getBytes(3);
        boolean may =
            byPiece.getOrDefault(row.getInt(2), List.of()).stream()
                .anyMatch(trace -> isIn(bits, trace));
        mayHave.merge(row.getInt(1), may, Boolean::logicalOr);
      }
    }
    return parts.stream().filter(part -> mayHave.getOrDefault(part.id(), true)).toList();
  }

  private static void add(byte[] bits, UUID trace) {
    long hash = hash(trace);
    for (int i = 0; i < SET_BITS; i++) {
      int at = at(hash, i, bits.length * 8);
      bits[at >> 3] |= (byte) (1 << (at & 7));
    }
  }

  private static boolean isIn(byte[] bits, UUID trace) {
    long hash = hash(trace);
    for (int i = 0; i < SET_BITS; i++) {
      int at = at(hash, i, bits.length * 8);
      if ((bits[at >> 3] & (1 << (at & 7))) == 0) {
        return false;
      }
    }
    return true;
  }

  private static int piece(UUID trace) {
    return (int) (hash(trace) >>> 56) & PIECES - 1;
  }

  /** The i-th bit, by two hashes for all of them (Kirsch and Mitzenmacher, 2006). */
  private static int at(long hash, int i, int bits) {
    int bit = (int) hash + i * (int) (hash >>> 32);
    return Integer.remainderUnsigned(bit, bits);
  }

  /** Ids of some tracers begin with the time or end with few digits; all bits must count. */
  static long hash(UUID trace) {
    long mixed = trace.getMostSignificantBits() * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 32 ^ trace.getLeastSignificantBits()) * 0xD6E8FEB86659FD93L;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    return mixed ^ mixed >>> 32;
  }
}
