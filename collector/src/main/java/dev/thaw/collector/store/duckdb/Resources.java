package dev.thaw.collector.store.duckdb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBConnection;

/**
 * The resources of spans, each kept once under a hash of its text: an environment sends the same
 * with every span. Used by the writer alone.
 */
final class Resources {

  private static final int MOST_KNOWN = 20_000;

  /** Those that are in the database. */
  private final Set<Long> known = new HashSet<>();

  /** What the spans of one append share is the same object. */
  private final Map<Map<String, Object>, Long> ofThisAppend = new IdentityHashMap<>();

  private final MessageDigest digest;

  Resources() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** A new append begins. */
  void begin() {
    ofThisAppend.clear();
    if (known.size() > MOST_KNOWN) {
      known.clear();
    }
  }

  /** Nobody knows what of the last append is there. */
  void rolledBack() {
    known.clear();
  }

  /** The resource's number; puts it into the database when it is not there. */
  long id(DuckDBConnection writing, Map<String, Object> resource) throws SQLException {
    Long id = ofThisAppend.get(resource);
    if (id == null) {
      String text = SpanBody.writeResource(resource);
      id = ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
      ofThisAppend.put(resource, id);
      if (known.add(id)) {
        insert(writing, id, text);
      }
    }
    return id;
  }

  private static void insert(DuckDBConnection writing, long id, String text) throws SQLException {
    try (PreparedStatement find = writing.prepareStatement("SELECT 1 FROM resource WHERE id = ?")) {
      find.setLong(1, id);
      try (ResultSet row = find.executeQuery()) {
        if (row.next()) {
          return;
        }
      }
    }
    try (PreparedStatement put = writing.prepareStatement("INSERT INTO resource VALUES (?, ?)")) {
      put.setLong(1, id);
      put.setString(2, text);
      put.execute();
    }
  }
}
