package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a certificate that is made for the test. */
class TlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir Path folder;
  private KeyStore keys;

  @BeforeEach
  void makeCertificate() throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "c",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    pem("cert.pem", "CERTIFICATE", keys.getCertificate("c").getEncoded());
    pem("key.pem", "PRIVATE KEY", keys.getKey("c", PASSWORD.toCharArray()).getEncoded());
  }

  private void pem(String file, String what, byte[] bytes) throws Exception {
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what));
  }

  private Collector start(String... more) {
    String[] settings = {
      "THAW_TLS_CERTIFICATE", folder.resolve("cert.pem").toString(),
      "THAW_TLS_KEY", folder.resolve("key.pem").toString()
    };
    String[] all = java.util.Arrays.copyOf(settings, settings.length + more.length);
    System.arraycopy(more, 0, all, settings.length, more.length);
    return CollectorForTests.in(folder.resolve("data"), all);
  }

  private HttpClient client() throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("c", keys.getCertificate("c"));
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }

  @Test
  void itSpeaksTlsAndItsCookieIsForTlsOnly() throws Exception {
    Path tokens = folder.resolve("tokens");
    String token = Tokens.add(tokens, Tokens.Kind.READ, "anna");
    try (Collector collector = start("THAW_TOKENS", tokens.toString())) {
      String url = "https://localhost:" + collector.port();
      HttpResponse<String> page =
          client()
              .send(
                  HttpRequest.newBuilder(URI.create(url + "/health")).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(page.statusCode()).isEqualTo(200);
      HttpResponse<String> login =
          client()
              .send(
                  HttpRequest.newBuilder(URI.create(url + "/api/v1/login"))
                      .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + token + "\"}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(login.headers().firstValue("set-cookie").orElseThrow()).contains("Secure");
    }
  }

  @Test
  void aNewCertificateCountsWithoutARestartWhenItIsWhole() throws Exception {
    try (Collector collector = start()) {
      URI health = URI.create("https://localhost:" + collector.port() + "/health");
      HttpRequest request = HttpRequest.newBuilder(health).build();
      HttpClient before = client();
      String oldKey = Files.readString(folder.resolve("key.pem"));
      Files.delete(folder.resolve("keys.p12"));
      makeCertificate();
      String newKey = Files.readString(folder.resolve("key.pem"));
      Files.writeString(folder.resolve("key.pem"), oldKey);
      // The new certificate with the old key: what was there still counts.
      await()
          .during(Duration.ofSeconds(7))
          .atMost(Duration.ofSeconds(10))
          .until(
              () ->
                  before.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200);
      Files.writeString(folder.resolve("key.pem"), newKey);
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(
              () ->
                  client().send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
                      == 200);
    }
  }

  @Test
  void filesThatAreNoCertificateAreSaidClearly() throws Exception {
    Files.writeString(folder.resolve("key.pem"), "not a key");
    assertThatThrownBy(this::start)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key.pem");
  }

  @Test
  void aCertificateWithoutAKeyIsSaidClearly() {
    assertThatThrownBy(
            () ->
                CollectorForTests.in(
                    folder.resolve("data"),
                    "THAW_TLS_CERTIFICATE",
                    folder.resolve("cert.pem").toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("THAW_TLS_KEY");
  }
}
