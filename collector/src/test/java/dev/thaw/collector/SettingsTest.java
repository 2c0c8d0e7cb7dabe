package dev.thaw.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  @Test
  void withoutAnythingSetItListensOnLoopbackOnOtlpsPort() {
    Settings settings = Settings.read(Map.of());
    assertThat(settings.bind).isEqualTo("127.0.0.1");
    assertThat(settings.port).isEqualTo(4318);
  }

  @ParameterizedTest
  @CsvSource({
    "THAW_PORT, 70000, 0 to 65535",
    "THAW_PORT, http, whole number",
    "THAW_MAX_REQUEST_MB, 0, 1 to 1024",
    "THAW_ALERT_INTERVAL, 0, 1 to 3600",
  })
  void aWrongValueIsNamedWithItsRange(String name, String value, String range) {
    assertThatThrownBy(() -> Settings.read(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(value)
        .hasMessageContaining(range);
  }

  @TempDir Path data;

  @ParameterizedTest
  @CsvSource({
    "THAW_OIDC_ISSUER, http://login.example.com, it must begin with https://",
    "THAW_OIDC_READERS, anna, 'anna' names nobody: write an e-mail address",
    "THAW_OIDC_READERS, '', THAW_OIDC_ISSUER needs THAW_TOKENS",
    "THAW_OIDC_CLIENT_ID, '', THAW_OIDC_ISSUER needs THAW_TOKENS",
    "THAW_TOKENS, '', THAW_OIDC_ISSUER needs THAW_TOKENS",
    "THAW_OIDC_SCOPES, email, openid must be one of them",
  })
  void aLoginThatCanNotWorkIsRefused(String name, String value, String message) {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "THAW_OIDC_ISSUER",
                "https://login.example.com",
                "THAW_OIDC_CLIENT_ID",
                "thaw",
                "THAW_OIDC_READERS",
                "@example.com",
                "THAW_TOKENS",
                "tokens"));
    assertThat(Settings.read(settings).login).isNotNull();
    settings.put(name, value);
    assertThatThrownBy(() -> Settings.read(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "THAW_PORT, http, THAW_PORT is 'http'",
    "THAW_ALERTS, /no/such/file, THAW_ALERTS names /no/such/file",
    "THAW_STORE, paper, THAW_STORE is 'paper'",
    "THAW_DATA, /dev/null/x, data folder",
    "THAW_BIND, 203.0.113.1, THAW_OPEN=true if a network keeps others away",
    "THAW_OPEN, maybe, it must be true or false",
  })
  void aWrongSettingStopsTheProcessWithOneClearLine(String name, String value, String message)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.thaw.collector.Collector");
    builder.environment().put("THAW_PORT", "0");
    builder.environment().put("THAW_GRPC_PORT", "0");
    builder.environment().put("THAW_DATA", data.toString());
    builder.environment().put(name, value);
    Process process = builder.start();
    String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(error.lines().filter(line -> line.startsWith("thaw collector:")))
        .singleElement()
        .satisfies(line -> assertThat(line).contains(message));
    assertThat(error).doesNotContain("\tat ");
  }
}
