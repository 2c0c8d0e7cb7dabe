package dev.thaw.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  @Test
  void withoutAnythingSetTracesGoToTheLocalCollector() {
    Settings settings = Settings.read(Map.of());
    assertThat(settings.tracesEndpoint).isEqualTo("http://localhost:4318/v1/traces");
    assertThat(settings.exportBudgetMs).isEqualTo(200);
    assertThat(settings.complaints).isEmpty();
  }

  @Test
  void theTracesEndpointIsUsedAsItStands() {
    Settings settings =
        Settings.read(
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://a:1",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://b/traces"));
    assertThat(settings.tracesEndpoint).isEqualTo("https://b/traces");
  }

  @Test
  void valuesOfPairsMayBeEscaped() {
    Settings settings =
        Settings.read(
            Map.of("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20a+b%2C%C3%A9,x=5%,y=%zz"));
    assertThat(settings.headers)
        .containsEntry("authorization", "Bearer a+b,é")
        .containsEntry("x", "5%")
        .containsEntry("y", "%zz");
  }

  @Test
  void pairsAreReadAsOpenTelemetryWritesThem() {
    Settings settings = Settings.read(Map.of("OTEL_RESOURCE_ATTRIBUTES", "team=shop, stage=prod"));
    assertThat(settings.resourceAttributes)
        .containsEntry("team", "shop")
        .containsEntry("stage", "prod");
  }

  @Test
  void propagatorsAreTakenInTheirOrderAndBaggageDoesNothing() {
    assertThat(Settings.read(Map.of("OTEL_PROPAGATORS", "b3, baggage,tracecontext")).propagators)
        .containsExactly("b3", "tracecontext");
    assertThat(Settings.read(Map.of("OTEL_PROPAGATORS", "none")).propagators).isEmpty();
    assertThat(Settings.read(Map.of()).propagators).containsExactly("tracecontext");
  }

  @ParameterizedTest
  @CsvSource({
    "THAW_EXPORT_BUDGET, soon, 200ms",
    "THAW_EXPORT_BUDGET, 1h, 200ms",
    "THAW_EXPORT_BUDGET, 60s, 200ms",
    "OTEL_EXPORTER_OTLP_ENDPOINT, localhost:4318, http://localhost:4318",
    "OTEL_RESOURCE_ATTRIBUTES, prod, name=value",
    "THAW_LOG, loud, info",
    "OTEL_PROPAGATORS, jaeger, tracecontext",
  })
  void aWrongValueIsNamedAndTheDefaultUsed(String name, String value, String inMessage) {
    Settings settings = Settings.read(Map.of(name, value));
    assertThat(settings.complaints).hasSize(1);
    assertThat(settings.complaints.get(0)).contains(name, value, inMessage);
    assertThat(settings.exportBudgetMs).isEqualTo(200);
    assertThat(settings.tracesEndpoint).isEqualTo("http://localhost:4318/v1/traces");
  }
}
