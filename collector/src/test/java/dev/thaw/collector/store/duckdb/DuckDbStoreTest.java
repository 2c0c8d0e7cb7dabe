package dev.thaw.collector.store.duckdb;

import static dev.thaw.collector.Spans.MS;
import static dev.thaw.collector.Spans.NOW_NS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.rollup.Grain;
import dev.thaw.collector.rollup.Totals;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.StoreContract;
import dev.thaw.collector.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DuckDbStoreTest extends StoreContract {

  /** Of DuckDB's file. */
  private static final int HEADERS = 3 * 4096;

  private static final int BLOCK = 256 * 1024;

  @TempDir Path folder;

  @Override
  protected Store open() {
    return DuckDbStore.open(folder, () -> clockNs);
  }

  @Test
  void aFolderThatIsAFileIsSaidClearly() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> DuckDbStore.open(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("data folder");
  }

  @Test
  void idsKeepTheirZeros() {
    assertThat(Ids.span(Ids.span("00f067aa0ba902b7"))).isEqualTo("00f067aa0ba902b7");
    assertThat(Ids.trace(Ids.trace("000000000000000affffffffffffffff")))
        .isEqualTo("000000000000000affffffffffffffff");
  }

  /** As the fourth version of the schema was written, with one cold start and its call. */
  private void writeVersion4() throws Exception {
    String trace = "'0af76519-16cd-43dd-8448-eb211c80319c'::UUID";
    String[] statements = {
      "CREATE TABLE schema_version (version INTEGER)",
      "INSERT INTO schema_version VALUES (4)",
      "CREATE TABLE span (trace_id UUID, span_id BIGINT, parent_span_id BIGINT, certainty TINYINT, kind TINYINT,"
          + " name VARCHAR, function VARCHAR, start_ns BIGINT, end_ns BIGINT, status TINYINT, chain BOOLEAN, body VARCHAR,"
          + " resource_id BIGINT)",
      "INSERT INTO span VALUES (%s, 7, 0, 3, 2, 'checkout', 'checkout', %d, %d, 0, true,"
              .formatted(trace, NOW_NS, NOW_NS + 5 * MS)
          + " '{\"attributes\":{\"faas.coldstart\":true,\"n\":7}}', 99)",
      "CREATE TABLE resource (id BIGINT PRIMARY KEY, body VARCHAR)",
      "INSERT INTO resource VALUES (99, '{\"faas.name\":\"checkout\"}')",
      "CREATE TABLE invocation (trace_id UUID, span_id BIGINT, parent_span_id BIGINT, certainty TINYINT, function VARCHAR,"
          + " request_id VARCHAR, start_ns BIGINT, end_ns BIGINT, outcome TINYINT, cold BOOLEAN, init_ns BIGINT,"
          + " trigger_kind VARCHAR, instance VARCHAR, version VARCHAR, timeout_ns BIGINT, memory_used BIGINT,"
          + " memory_limit BIGINT, queue_wait_ns BIGINT, error_type VARCHAR, error_message VARCHAR,"
          + " PRIMARY KEY (trace_id, span_id))",
      "INSERT INTO invocation VALUES (%s, 7, 0, 3, 'checkout', 'r', %d, %d, 0, true, 500000000, 'http', 'i', '1', 0, 0, 0, 0, '', '')"
          .formatted(trace, NOW_NS, NOW_NS + 5 * MS),
      "CREATE TABLE throttle (trace_id UUID, span_id BIGINT, caller VARCHAR, target VARCHAR, reason VARCHAR, refused INTEGER,"
          + " start_ns BIGINT, PRIMARY KEY (trace_id, span_id))",
      "INSERT INTO throttle VALUES (%s, 8, 'checkout', 'stock', 'Rate', 3, %d)"
          .formatted(trace, NOW_NS),
      "CREATE TABLE relation (key_trace UUID, key_span BIGINT, role TINYINT, trace_id UUID, span_id BIGINT, start_ns BIGINT)",
      "CREATE TABLE rollup (function VARCHAR, minute BIGINT, data BLOB, PRIMARY KEY (function, minute))",
      "INSERT INTO rollup VALUES ('checkout', 1, 'in another form')",
      "CREATE TABLE journal (position BIGINT)",
      "INSERT INTO journal VALUES (42)"
    };
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("thaw.duckdb"));
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void shortTextsOfWhichNearlyEachIsAnotherAreNotCompressed() throws Exception {
    for (int batch = 0; batch < 3; batch++) {
      List<Span> spans = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        int number = batch * 500 + i;
        spans.add(
            Spans.invocation("checkout", number)
                .with("user.id", "user-" + number)
                .with("cloud.region", "region-" + number % 3)
                .build());
      }
      store.append(spans);
    }
    store.close();
    String compression =
        "SELECT DISTINCT a.key, s.compression FROM pragma_storage_info('span_1') s JOIN attribute a"
            + " ON s.column_name = 'a' || a.id WHERE s.segment_type = 'VARCHAR' AND a.key IN ('user.id', 'cloud.region')";
    Map<String, String> found = new HashMap<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("thaw.duckdb"));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(compression)) {
      while (row.next()) {
        found.put(row.getString(1), row.getString(2));
      }
    }
    assertThat(found).containsEntry("user.id", "Uncompressed").containsKey("cloud.region");
    assertThat(found.get("cloud.region")).isNotEqualTo("Uncompressed");
    store = open();
    assertThat(found("attr[\"user.id\"] = \"user-1444\"")).hasSize(1);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theUnpackedEngineIsGoneAsSoonAsItIsLoaded() throws Exception {
    assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
        .filteredOn(line -> line.contains("libduckdb_java"))
        .isNotEmpty()
        .allMatch(line -> line.endsWith("(deleted)"));
  }

  @Test
  void aDatabaseOfAnOlderVersionIsBroughtUpToDate() throws Exception {
    store.close();
    Files.delete(folder.resolve("thaw.duckdb"));
    writeVersion4();
    store = open();
    assertThat(store.position()).isEqualTo(42);
    assertThat(store.trace("0af7651916cd43dd8448eb211c80319c"))
        .singleElement()
        .satisfies(
            span -> {
              assertThat(span.attributes()).isEqualTo(Map.of("faas.coldstart", true, "n", 7L));
              assertThat(span.resource()).isEqualTo(Map.of("faas.name", "checkout"));
              assertThat(span.durationNs()).isEqualTo(5 * MS);
            });
    Scope hour = new Scope(NOW_NS - 3_600_000 * MS, NOW_NS + 3_600_000 * MS);
    Totals before = totals(hour, Grain.MINUTE);
    assertThat(before.coldStarts()).isEqualTo(1);
    assertThat(before.throttlesMet()).isEqualTo(3);
    assertThat(store.countThrottles(hour, "stock")).isEqualTo(3);
    store.append(List.of(Spans.invocation("checkout", 2).build()));
    assertThat(totals(hour, Grain.MINUTE).invocations()).isEqualTo(2);
    assertThat(totals(hour, Grain.HOUR).invocations()).isEqualTo(2);
  }

  /** So many that their texts fill blocks of the file of their own. */
  private static List<Span> large() {
    Random random = new Random(1);
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      String text =
          random
              .ints(300, 'a', 'z')
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      spans.add(Spans.invocation("large", i).with("text", text).build());
    }
    return spans;
  }

  @Test
  void ofAFlippedBitInWhicheverBlockNothingIsServedAndItIsTold() throws Exception {
    store.append(large());
    store.close();
    Path file = folder.resolve("thaw.duckdb");
    byte[] whole = Files.readAllBytes(file);
    Scope all = new Scope(0, Long.MAX_VALUE);
    int whenAsked = 0;
    for (int block = 0; HEADERS + block * BLOCK < whole.length; block++) {
      byte[] damaged = whole.clone();
      damaged[HEADERS + block * BLOCK + BLOCK / 3] ^= 1;
      Files.write(file, damaged);
      store = open();
      if (store.damage().isEmpty()) {
        try {
          assertThat(store.spans(all, 0, 10_000)).hasSize(3000);
        } catch (StoreException e) {
          whenAsked++;
          assertThat(store.damage()).contains("a part of thaw.duckdb can't be read");
          // The rest answers.
          assertThat(totals(all, Grain.HOUR, "large").invocations()).isEqualTo(3000);
        }
      }
      store.close();
    }
    assertThat(whenAsked).isPositive();
    Files.write(file, whole);
    store = open();
  }

  private Totals totals(Scope range, Grain coarsest, String function) {
    Totals totals = new Totals();
    store.rollups(range, function, coarsest).forEach(row -> totals.add(row.bucket()));
    return totals;
  }

  private Totals totals(Scope range, Grain coarsest) {
    return totals(range, coarsest, "checkout");
  }

  @Test
  void rollupsOfTheVersionBeforeAreKeptAndHoursAreMadeOfThem() throws Exception {
    store.append(List.of(Spans.invocation("checkout", 1).build()));
    store.close();
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("thaw.duckdb"));
        Statement statement = connection.createStatement()) {
      // As it was before: without cold durations and what came later, all of it empty here.
      statement.execute(
          "CREATE TABLE fifth AS SELECT function, minute,"
              + " unhex(left(hex(data), length(hex(data)) - 12)) AS data FROM rollup");
      statement.execute("DROP TABLE rollup");
      statement.execute("ALTER TABLE fifth RENAME TO rollup");
      statement.execute("DROP TABLE rollup_hour");
      statement.execute("DELETE FROM invocation");
      statement.execute("UPDATE schema_version SET version = 5");
    }
    store = open();
    Scope hours = new Scope(NOW_NS - 7_200_000 * MS, NOW_NS + 7_200_000 * MS);
    for (Grain grain : Grain.values()) {
      assertThat(totals(hours, grain).warm().total()).isEqualTo(1);
    }
  }

  @Test
  void aDatabaseOfANewerVersionIsRefusedAndLeftAsItIs() throws Exception {
    store.close();
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("thaw.duckdb"));
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE schema_version SET version = 99");
    }
    assertThatThrownBy(() -> DuckDbStore.open(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version 99");
    Files.delete(folder.resolve("thaw.duckdb"));
    store = open();
  }
}
