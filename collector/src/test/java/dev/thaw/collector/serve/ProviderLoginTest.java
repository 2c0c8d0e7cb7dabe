package dev.thaw.collector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thaw.collector.Collector;
import dev.thaw.collector.CollectorForTests;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.HttpCookie;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in with a provider, over HTTP, by OpenID Connect's code flow with PKCE. */
class ProviderLoginTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLIENT = "thaw";
  private static final String ISSUER = "people";

  @TempDir static Path folder;

  private static MockOAuth2Server provider;
  private static Collector collector;
  private static String url;

  private CookieManager cookies;
  private HttpClient browser;

  @BeforeAll
  static void start() throws Exception {
    provider = new MockOAuth2Server();
    provider.start();
    collector = collector("data", provider.issuerUrl(ISSUER).toString());
  }

  private static Collector collector(String name, String issuer) throws Exception {
    Path tokens = folder.resolve(name + "-tokens");
    Tokens.add(tokens, Tokens.Kind.READ, "robot");
    int port = freePort();
    url = "http://127.0.0.1:" + port;
    return CollectorForTests.in(
        folder.resolve(name),
        "THAW_PORT",
        Integer.toString(port),
        "THAW_URL",
        url,
        "THAW_TOKENS",
        tokens.toString(),
        "THAW_OIDC_ISSUER",
        issuer,
        "THAW_OIDC_CLIENT_ID",
        CLIENT,
        "THAW_OIDC_CLIENT_SECRET",
        "hush",
        "THAW_OIDC_READERS",
        "Anna@example.com, @team.example",
        "THAW_OIDC_EDITORS",
        "group:platform");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  static void stop() {
    collector.close();
    provider.shutdown();
  }

  @BeforeEach
  void openBrowser() {
    cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
    browser = HttpClient.newBuilder().cookieHandler(cookies).build();
  }

  private HttpResponse<String> get(String address) throws Exception {
    return browser.send(
        HttpRequest.newBuilder(URI.create(url).resolve(address)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String leadsTo(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return answer.headers().firstValue("location").orElseThrow();
  }

  /** Who the provider takes the next one for. */
  private static void is(Map<String, Object> claims) {
    is(claims, 3600);
  }

  private static void is(Map<String, Object> claims, long validSeconds) {
    provider.enqueueCallback(
        new DefaultOAuth2TokenCallback(
            ISSUER, "subject-1", "JWT", List.of(CLIENT), claims, validSeconds));
  }

  /** From the login's button through the provider and back; the last answer. */
  private HttpResponse<String> login(String page) throws Exception {
    String atProvider = leadsTo(get("/api/v1/oidc/login?to=" + page));
    assertThat(atProvider)
        .contains("code_challenge_method=S256", "response_type=code", "client_id=" + CLIENT);
    return get(leadsTo(get(atProvider)));
  }

  private JsonNode session() throws Exception {
    return JSON.readTree(get("/api/v1/session").body());
  }

  @Test
  void somebodyOnTheListReadsAndMayNotEdit() throws Exception {
    assertThat(get("/api/v1/functions").statusCode()).isEqualTo(401);
    is(Map.of("email", "anna@example.com", "email_verified", true));
    assertThat(leadsTo(login("/traces?range=1h"))).isEqualTo("/traces?range=1h");
    assertThat(session().path("name").asText()).isEqualTo("anna@example.com");
    assertThat(session().path("mayEdit").asBoolean()).isFalse();
    assertThat(get("/api/v1/functions").statusCode()).isEqualTo(200);
    HttpRequest change =
        HttpRequest.newBuilder(URI.create(url + "/api/v1/alerts/silences"))
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    assertThat(browser.send(change, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(403);
  }

  @Test
  void somebodyOfAGroupMayEdit() throws Exception {
    is(Map.of("email", "ben@elsewhere.example", "groups", List.of("all", "platform")));
    login("/");
    assertThat(session().path("mayEdit").asBoolean()).isTrue();
  }

  @Test
  void theCookieIsForThisSiteOnlyAndNotForScripts() throws Exception {
    is(Map.of("email", "carla@team.example"));
    HttpResponse<String> last = login("/");
    assertThat(last.headers().allValues("set-cookie"))
        .anySatisfy(
            cookie ->
                assertThat(cookie)
                    .contains("thaw_session=", "HTTPOnly", "SameSite=Strict", "Max-Age=43200"));
    assertThat(cookies.getCookieStore().getCookies())
        .extracting(HttpCookie::getName)
        .containsExactly("thaw_session");
  }

  @Test
  void theSessionEndsWithTheLogout() throws Exception {
    is(Map.of("email", "carla@team.example"));
    login("/");
    browser.send(
        HttpRequest.newBuilder(URI.create(url + "/api/v1/logout"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.discarding());
    assertThat(get("/api/v1/functions").statusCode()).isEqualTo(401);
  }

  private void assertRefused(HttpResponse<String> answer, String why) throws Exception {
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("The login did not work", why);
    assertThat(session().path("name").asText()).isEmpty();
    assertThat(get("/api/v1/functions").statusCode()).isEqualTo(401);
  }

  @Test
  void whoIsNotOnTheListIsToldSo() throws Exception {
    is(Map.of("email", "<b>eve@team.example.evil"));
    assertRefused(
        login("/"), "&lt;b&gt;eve@team.example.evil is not among those who may read here");
  }

  @Test
  void anAddressThatTheProviderHasNotVerifiedIsRefused() throws Exception {
    is(Map.of("email", "anna@example.com", "email_verified", false));
    assertRefused(login("/"), "has not verified the address anna@example.com");
  }

  @ParameterizedTest
  @CsvSource({"aud, another", "iss, http://evil.example", "nonce, of-another-login"})
  void aTokenThatIsNotForThisLoginIsRefused(String claim, String value) throws Exception {
    is(Map.of("email", "anna@example.com", claim, value));
    assertRefused(login("/"), "answer can't be used");
  }

  @Test
  void aTokenThatIsNotValidAnyMoreIsRefused() throws Exception {
    is(Map.of("email", "anna@example.com"), -3600);
    assertRefused(login("/"), "answer can't be used");
  }

  @Test
  void anAnswerToALoginThatAnotherBrowserBeganIsRefused() throws Exception {
    String back = leadsTo(get(leadsTo(get("/api/v1/oidc/login"))));
    openBrowser();
    assertRefused(get(back), "was begun in another browser");
    // And so it is in a browser that is just logging in itself.
    get("/api/v1/oidc/login");
    assertRefused(get(back), "The answer is to another login");
  }

  @Test
  void whatTheProviderSaysAgainstItIsShown() throws Exception {
    String atProvider = leadsTo(get("/api/v1/oidc/login"));
    String state = atProvider.replaceAll(".*[?&]state=([^&]+).*", "$1");
    assertRefused(
        get("/api/v1/oidc/callback?state=" + state + "&error=access_denied"),
        "The provider says: access_denied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"//evil.example", "/%5Cevil.example", "https://evil.example", "/x%0D%0Ay", ""})
  void noLoginLeadsToAnotherSite(String page) throws Exception {
    is(Map.of("email", "anna@example.com"));
    assertThat(leadsTo(login(page))).isEqualTo("/");
  }

  @Test
  void withoutTheProviderTheCollectorServesAndSaysThatItCanNotAsk() throws Exception {
    String before = url;
    try (Collector alone = collector("alone", "http://127.0.0.1:1")) {
      assertThat(alone.port()).isPositive();
      assertThat(session().path("provider").asText()).isEqualTo("127.0.0.1");
      assertRefused(get("/api/v1/oidc/login"), "can't be asked just now");
    } finally {
      url = before;
    }
  }
}
