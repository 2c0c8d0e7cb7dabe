package dev.thaw.collector.serve;

import java.net.URI;

/**
 * How people log in with a provider (OpenID Connect).
 *
 * @param issuer the provider's address, below which its configuration stands
 * @param secret empty for a client that has none
 * @param scopes with spaces between them; openid is one of them
 * @param callback where the provider sends people back to
 * @param readers who may read
 * @param editors who may change rules and silences as well
 */
public record Login(
    URI issuer,
    String clientId,
    String secret,
    String scopes,
    URI callback,
    People readers,
    People editors) {

  /** The path of {@link #callback}. */
  public static final String CALLBACK = "/api/v1/oidc/callback";
}
