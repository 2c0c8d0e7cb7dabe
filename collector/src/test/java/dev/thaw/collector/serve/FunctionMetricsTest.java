package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.query.FunctionTotals;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionMetricsTest {

  private static final String OF = "{deployment_environment_name=\"\",faas_name=\"checkout\"";

  @TempDir Path folder;

  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final long nowNs = System.currentTimeMillis() * 1_000_000;
  private Store store;

  @BeforeEach
  void open() {
    store = Stores.open("duckdb", folder);
    metrics
        .getPrometheusRegistry()
        .register(new FunctionMetrics(new FunctionTotals(store, nowNs - 60_000_000_000L)));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Span invocation(int number, String outcome, long ms) {
    return Spans.invocation("checkout", number)
        .outcome(outcome)
        .startingAt(nowNs - 10_000 * Spans.MS)
        .lasting(ms * Spans.MS)
        .build();
  }

  @Test
  void outcomesAndDurationsAreCountedByOpenTelemetrysNames() {
    store.append(
        List.of(
            invocation(1, "ok", 20),
            invocation(2, "ok", 300),
            invocation(3, "error", 20),
            invocation(4, "timeout", 5000)));
    assertThat(metrics.scrape())
        .contains("faas_invocations_total" + OF + "} 2.0")
        .contains("faas_errors_total" + OF + "} 1.0")
        .contains("faas_timeouts_total" + OF + "} 1.0")
        .contains("faas_invoke_duration_seconds_bucket" + OF + ",le=\"0.025\"} 2")
        .contains("faas_invoke_duration_seconds_bucket" + OF + ",le=\"0.5\"} 3")
        .contains("faas_invoke_duration_seconds_bucket" + OF + ",le=\"+Inf\"} 4")
        .contains("faas_invoke_duration_seconds_count" + OF + "} 4");
  }

  @Test
  void nothingFallsWhenALaterRecordTakesSomethingBack() {
    Span crash =
        Spans.invocation("checkout", 1)
            .outcome("crash")
            .provisional()
            .startingAt(nowNs - 10_000 * Spans.MS)
            .lasting(20 * Spans.MS)
            .build();
    store.append(List.of(crash));
    assertThat(metrics.scrape()).contains("thaw_crashes_total" + OF + "} 1.0");
    store.append(List.of(invocation(1, "ok", 300)));
    assertThat(metrics.scrape())
        .contains("thaw_crashes_total" + OF + "} 1.0")
        .contains("faas_invocations_total" + OF + "} 1.0")
        .contains("faas_invoke_duration_seconds_bucket" + OF + ",le=\"0.025\"} 1")
        .contains("faas_invoke_duration_seconds_count" + OF + "} 1");
  }
}
