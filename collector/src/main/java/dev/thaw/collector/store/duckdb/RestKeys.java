package dev.thaw.collector.store.duckdb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.duckdb.DuckDBConnection;

/**
 * Which attributes some spans of a part have outside its columns: only for these a search looks
 * into the texts. A part that was thinned, has very many, or was made before there was this list
 * has none, and may have every attribute there. Used by the writer alone.
 */
final class RestKeys {

  private static final int MOST = 1_000;

  /** Stands in the list of each part that has one; no attribute is called so. */
  private static final String LISTED = "";

  private final DuckDBConnection writing;
  private final Set<String> known = new HashSet<>();
  private final List<String> fresh = new ArrayList<>();
  private int part;
  private boolean isListed;

  RestKeys(DuckDBConnection writing) {
    this.writing = writing;
  }

  /** By part. */
  static Map<Integer, Set<String>> all(Connection connection) throws SQLException {
    Map<Integer, Set<String>> found = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT part, key FROM rest_key")) {
      while (row.next()) {
        found.computeIfAbsent(row.getInt(1), absent -> new HashSet<>()).add(row.getString(2));
      }
    }
    return found;
  }

  /** Goes on with a part, as it stands in the database. */
  void load(int ofPart) throws SQLException {
    part = ofPart;
    fresh.clear();
    known.clear();
    known.addAll(all(writing).getOrDefault(ofPart, Set.of()));
    isListed = !known.isEmpty();
  }

  /** Goes on with a part that is empty. */
  void begin(int ofPart) {
    part = ofPart;
    known.clear();
    fresh.clear();
    isListed = true;
    see(Set.of(LISTED));
  }

  /** That a span has these outside the columns. */
  void see(Set<String> keys) {
    if (isListed && known.size() <= MOST) {
      for (String key : keys) {
        if (known.add(key)) {
          fresh.add(key);
        }
      }
    }
  }

  /**
   * Writes down what is new.
   *
   * @return whether there was anything
   */
  boolean save() throws SQLException {
    if (fresh.isEmpty()) {
      return false;
    }
    if (known.size() > MOST) {
      isListed = false;
      try (Statement statement = writing.createStatement()) {
        statement.execute("DELETE FROM rest_key WHERE part = " + part);
      }
    } else {
      try (PreparedStatement put = writing.prepareStatement("INSERT INTO rest_key VALUES (?, ?)")) {
        for (String key : fresh) {
          put.setInt(1, part);
          put.setString(2, key);
          put.addBatch();
        }
        put.executeBatch();
      }
    }
    fresh.clear();
    return true;
  }
}
