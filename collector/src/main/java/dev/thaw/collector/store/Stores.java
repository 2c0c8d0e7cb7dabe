package dev.thaw.collector.store;

import dev.thaw.collector.store.duckdb.DuckDbStore;
import java.nio.file.Path;

/** The list of engines. Adding one is one folder and one line here; see docs/adding-a-store.md. */
public final class Stores {

  private Stores() {}

  /**
   * @param engine {@code duckdb}
   * @param folder where an embedded engine keeps its files
   * @throws IllegalArgumentException when there is no such engine
   */
  public static Store open(String engine, Path folder) {
    return switch (engine) {
      case "duckdb" -> DuckDbStore.open(folder);
      default ->
          throw new IllegalArgumentException(
              "THAW_STORE is '" + engine + "'; the engines are: duckdb");
    };
  }
}
