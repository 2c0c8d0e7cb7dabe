package dev.thaw.collector.store.duckdb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Attributes that are frequent get a column of their own in the part that is being written, where
 * they are small and quickly compared; the others stay together in one text. Which are frequent is
 * counted, not configured, and so is whether a column's texts are worth compressing: of many
 * different short ones the engine gets little, and then takes long to find one. Used by the writer
 * alone.
 */
final class AttributeColumns {

  /** What a column can hold; the order is stored. */
  enum Type {
    TEXT("VARCHAR"),
    NUMBER("BIGINT"),
    REAL("DOUBLE"),
    TRUTH("BOOLEAN");

    final String sql;

    Type(String sql) {
      this.sql = sql;
    }

    /** Null for what no column holds. */
    static @Nullable Type of(Object value) {
      if (value instanceof String) {
        return TEXT;
      }
      if (value instanceof Long) {
        return NUMBER;
      }
      if (value instanceof Double) {
        return REAL;
      }
      return value instanceof Boolean ? TRUTH : null;
    }
  }

  /**
   * An attribute of one type. Its number is the same in all parts.
   *
   * @param id of its column, which is named a and the number
   */
  record Column(int id, String key, Type type) {
    String name() {
      return "a" + id;
    }
  }

  private record Named(String key, Type type) {}

  private static final Type[] TYPES = Type.values();
  private static final int MOST_COLUMNS = 64;

  /** Of the values of a column one in so many is looked at; a power of two. */
  private static final int EACH = 64;

  private static final int MOST_COUNTED = 10_000;

  private final DuckDBConnection writing;
  private final Map<Named, Integer> ids = new HashMap<>();
  private final Map<Named, Sample> counts = new HashMap<>();
  private final List<Column> columns = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();

  /** By key, for each type the column's place or -1. */
  private final Map<String, int[]> places = new HashMap<>();

  private final Map<String, Object> others = new LinkedHashMap<>();
  private Object[] row = new Object[0];
  private int[] used = new int[0];
  private String table = "";

  AttributeColumns(DuckDBConnection writing) {
    this.writing = writing;
  }

  /** Those of a part, as they stand in the database. */
  void load(String spanTable) throws SQLException {
    table = spanTable;
    ids.clear();
    clear();
    for (Column column : all(writing).values()) {
      ids.put(new Named(column.key(), column.type()), column.id());
    }
    for (Column column : byTable(writing).getOrDefault(spanTable, List.of())) {
      place(column);
    }
  }

  /** Those that each part has, in their order, by its table of spans. */
  static Map<String, List<Column>> byTable(Connection connection) throws SQLException {
    Map<String, Column> byName = new HashMap<>();
    all(connection).values().forEach(column -> byName.put(column.name(), column));
    Map<String, List<Column>> found = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT table_name, column_name FROM duckdb_columns() ORDER BY table_name, column_index")) {
      while (row.next()) {
        Column column = byName.get(row.getString(2));
        if (column != null) {
          found.computeIfAbsent(row.getString(1), absent -> new ArrayList<>()).add(column);
        }
      }
    }
    return found;
  }

  private void clear() {
    counts.clear();
    columns.clear();
    samples.clear();
    places.clear();
    row = new Object[0];
    used = new int[0];
  }

  /** All that there ever were, by their numbers. */
  static Map<Integer, Column> all(Connection connection) throws SQLException {
    Map<Integer, Column> found = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, key, type FROM attribute")) {
      while (row.next()) {
        found.put(row.getInt(1), new Column(row.getInt(1), row.getString(2), TYPES[row.getInt(3)]));
      }
    }
    return found;
  }

  private void place(Column column) {
    int[] byType = places.get(column.key());
    if (byType == null) {
      byType = new int[TYPES.length];
      Arrays.fill(byType, -1);
      places.put(column.key(), byType);
    }
    byType[column.type().ordinal()] = columns.size();
    columns.add(column);
    samples.add(new Sample());
    row = new Object[columns.size()];
    used = Arrays.copyOf(used, columns.size());
  }

  /** Goes on with a new part: with the columns that the last one had reason for. */
  void begin(String spanTable) throws SQLException {
    table = spanTable;
    Map<Column, Sample> before = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      if (used[i] > 0) {
        before.put(columns.get(i), samples.get(i));
      }
    }
    clear();
    for (Map.Entry<Column, Sample> column : before.entrySet()) {
      add(column.getKey(), column.getValue());
    }
  }

  /**
   * Gives columns to what has become frequent.
   *
   * @return whether anything has
   */
  boolean widen() throws SQLException {
    List<Named> frequent =
        counts.entrySet().stream()
            .filter(count -> count.getValue().isWhole())
            .map(Map.Entry::getKey)
            .toList();
    for (Named attribute : frequent) {
      Sample sample = counts.remove(attribute);
      if (sample != null && columns.size() < MOST_COLUMNS) {
        add(new Column(id(attribute), attribute.key(), attribute.type()), sample);
      }
    }
    return !frequent.isEmpty();
  }

  private int id(Named attribute) throws SQLException {
    Integer known = ids.get(attribute);
    if (known != null) {
      return known;
    }
    int id = ids.size() + 1;
    try (PreparedStatement put =
        writing.prepareStatement("INSERT INTO attribute VALUES (?, ?, ?)")) {
      put.setInt(1, id);
      put.setString(2, attribute.key());
      put.setInt(3, attribute.type().ordinal());
      put.execute();
    }
    ids.put(attribute, id);
    return id;
  }

  /** What the values were like is what they will be like. */
  private void add(Column column, Sample sample) throws SQLException {
    try (Statement statement = writing.createStatement()) {
      statement.execute(
          "ALTER TABLE "
              + table
              + " ADD COLUMN "
              + column.name()
              + " "
              + column.type().sql
              + (sample.isShortAndVarious() ? " USING COMPRESSION uncompressed" : ""));
    }
    place(column);
  }

  /**
   * Sorts a span's attributes into columns.
   *
   * @return those that have none; valid until the next call
   */
  Map<String, Object> sort(Map<String, Object> attributes) {
    Arrays.fill(row, null);
    others.clear();
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      Object value = attribute.getValue();
      Type type = Type.of(value);
      int[] byType = places.get(attribute.getKey());
      int place = type == null || byType == null ? -1 : byType[type.ordinal()];
      if (place >= 0) {
        row[place] = value;
        if ((used[place]++ & EACH - 1) == 0) {
          samples.get(place).add(value);
        }
        continue;
      }
      others.put(attribute.getKey(), value);
      if (type != null && columns.size() < MOST_COLUMNS) {
        count(new Named(attribute.getKey(), type), value);
      }
    }
    return others;
  }

  private void count(Named attribute, Object value) {
    Sample sample = counts.get(attribute);
    if (sample == null && counts.size() < MOST_COUNTED) {
      sample = new Sample();
      counts.put(attribute, sample);
    }
    if (sample != null) {
      sample.add(value);
    }
  }

  /** Appends what the last {@link #sort} found columns for. */
  void append(DuckDBAppender to, Utf8 utf8) throws SQLException {
    for (Object value : row) {
      if (value == null) {
        to.appendNull();
      } else if (value instanceof String text) {
        to.append(utf8.of(text));
      } else if (value instanceof Long number) {
        to.append(number.longValue());
      } else if (value instanceof Double number) {
        to.append(number.doubleValue());
      } else {
        to.append(((Boolean) value).booleanValue());
      }
    }
  }
}
