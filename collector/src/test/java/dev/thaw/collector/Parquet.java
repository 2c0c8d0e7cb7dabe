package dev.thaw.collector;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Reads a Parquet file, as somebody would who has it. */
final class Parquet {

  private Parquet() {}

  /**
   * @param expression over the file's columns, as SQL
   */
  static List<String> column(Path file, String expression) throws SQLException {
    return rows("SELECT " + expression + " FROM '" + file + "'");
  }

  /** The rows of an answer, their values with spaces between. */
  static List<String> rows(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          values.add(row.getString(i));
        }
        rows.add(String.join(" ", values));
      }
      return rows;
    }
  }
}
