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
 * The resources of a part's spans, each kept once under a hash of its text: an environment sends
 * the same with every span. Used by the writer alone.
 */
final class Resources {

  private static final int MOST_KNOWN = 20_000;

  /** Those that are in the database. */
  private final Set<Long> known = new HashSet<>();

  /** What the spans of one append share is the same object. */
  private final Map<Map<String, Object>, Long> ofThisAppend = new IdentityHashMap<>();

  private final MessageDigest digest;
  private final DuckDBConnection writing;
  private String table = "";

  Resources(DuckDBConnection writing) {
    this.writing = writing;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** Goes on with the resources of another part, or sees again how they stand there. */
  void begin(String resourceTable) {
    table = resourceTable;
    known.clear();
  }

  void beginAppend() {
    ofThisAppend.clear();
    if (known.size() > MOST_KNOWN) {
      known.clear();
    }
  }

  /** The resource's number; puts it into the database when it is not there. */
  long id(Map<String, Object> resource) throws SQLException {
    Long id = ofThisAppend.get(resource);
    if (id == null) {
      String text = SpanBody.writeResource(resource);
      id = ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
      ofThisAppend.put(resource, id);
      if (known.add(id)) {
        insert(id, text);
      }
    }
    return id;
  }

  private void insert(long id, String text) throws SQLException {
    try (PreparedStatement find =
        writing.prepareStatement("SELECT 1 FROM " + table + " WHERE id = ?")) {
      find.setLong(1, id);
      try (ResultSet row = find.executeQuery()) {
        if (row.next()) {
          return;
        }
      }
    }
    try (PreparedStatement put =
        writing.prepareStatement("INSERT INTO " + table + " VALUES (?, ?)")) {
      put.setLong(1, id);
      put.setString(2, text);
      put.execute();
    }
  }
}
