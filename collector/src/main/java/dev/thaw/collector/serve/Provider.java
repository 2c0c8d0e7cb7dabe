package dev.thaw.collector.serve;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An OpenID Connect provider (OpenID Connect Core 1.0, the code flow, with PKCE, RFC 7636): sends
 * people there, and learns who came back. Asks the provider for what it can do when it is first
 * needed, so that the collector starts without it. Thread-safe; everything blocks.
 */
final class Provider {

  /** Somebody whom the provider knows. */
  record Person(String email, List<String> groups) {}

  /** What a login that is under way must come back with. */
  record Attempt(String state, String nonce, String verifier) {

    static Attempt begin() {
      return new Attempt(
          new State().getValue(), new Nonce().getValue(), new CodeVerifier().getValue());
    }
  }

  /** The provider can't be asked, or does not say who it is; the message is for people. */
  static final class LoginException extends Exception {
    LoginException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private static final int TIMEOUT_MS = (int) Duration.ofSeconds(5).toMillis();
  private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(5);
  private static final String EMAIL = "email";

  private final Login login;
  private final ClientID clientId;
  private @Nullable Known known;
  private long failedNs = System.nanoTime() - RETRY_NS;

  /** What it can do, and the keys it signs with. */
  private record Known(OIDCProviderMetadata metadata, JWKSource<SecurityContext> keys) {}

  Provider(Login login) {
    this.login = login;
    clientId = new ClientID(login.clientId());
  }

  private synchronized Known known() throws LoginException {
    if (known != null) {
      return known;
    }
    String silent = "The provider " + login.issuer() + " can't be asked just now";
    if (System.nanoTime() - failedNs < RETRY_NS) {
      throw new LoginException(silent, null);
    }
    try {
      OIDCProviderMetadata metadata =
          OIDCProviderMetadata.resolve(
              new Issuer(login.issuer().toString()), TIMEOUT_MS, TIMEOUT_MS);
      Known made =
          new Known(
              metadata,
              JWKSourceBuilder.create(
                      metadata.getJWKSetURI().toURL(),
                      new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS))
                  .retrying(true)
                  .build());
      known = made;
      return made;
    } catch (GeneralException | IOException e) {
      failedNs = System.nanoTime();
      throw new LoginException(silent, e);
    }
  }

  /** Where the browser goes. */
  URI begin(Attempt attempt) throws LoginException {
    return new AuthenticationRequest.Builder(
            ResponseType.CODE, Scope.parse(login.scopes()), clientId, login.callback())
        .endpointURI(known().metadata().getAuthorizationEndpointURI())
        .state(new State(attempt.state()))
        .nonce(new Nonce(attempt.nonce()))
        .codeChallenge(new CodeVerifier(attempt.verifier()), CodeChallengeMethod.S256)
        .build()
        .toURI();
  }

  /** Who came back with this code. */
  Person finish(Attempt attempt, String code) throws LoginException {
    Known provider = known();
    try {
      OIDCTokens tokens = tokens(provider.metadata(), attempt, code);
      ClaimsSet claims =
          new IDTokenValidator(
                  provider.metadata().getIssuer(),
                  clientId,
                  new JWSVerificationKeySelector<>(
                      Set.copyOf(JWSAlgorithm.Family.SIGNATURE), provider.keys()),
                  null)
              .validate(tokens.getIDToken(), new Nonce(attempt.nonce()));
      if (claims.getStringClaim(EMAIL) == null) {
        claims = userInfo(provider.metadata(), tokens, claims);
      }
      return person(claims);
    } catch (GeneralException | IOException | JOSEException | BadJOSEException e) {
      throw new LoginException(
          "The provider's answer can't be used: " + String.valueOf(e.getMessage()), e);
    }
  }

  private OIDCTokens tokens(OIDCProviderMetadata metadata, Attempt attempt, String code)
      throws GeneralException, IOException, LoginException {
    AuthorizationCodeGrant grant =
        new AuthorizationCodeGrant(
            new AuthorizationCode(code), login.callback(), new CodeVerifier(attempt.verifier()));
    URI endpoint = metadata.getTokenEndpointURI();
    TokenRequest.Builder request;
    if (login.secret().isEmpty()) {
      request = new TokenRequest.Builder(endpoint, clientId, grant);
    } else {
      List<ClientAuthenticationMethod> methods = metadata.getTokenEndpointAuthMethods();
      Secret secret = new Secret(login.secret());
      boolean isPosted =
          methods != null
              && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
              && methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST);
      request =
          new TokenRequest.Builder(
              endpoint,
              isPosted
                  ? new ClientSecretPost(clientId, secret)
                  : new ClientSecretBasic(clientId, secret),
              grant);
    }
    TokenResponse answer =
        OIDCTokenResponseParser.parse(impatient(request.build().toHTTPRequest()).send());
    if (!answer.indicatesSuccess()) {
      throw new LoginException(
          "The provider refused the code: " + answer.toErrorResponse().getErrorObject(), null);
    }
    return ((OIDCTokenResponse) answer.toSuccessResponse()).getOIDCTokens();
  }

  private static HTTPRequest impatient(HTTPRequest request) {
    request.setConnectTimeout(TIMEOUT_MS);
    request.setReadTimeout(TIMEOUT_MS);
    return request;
  }

  /** Some providers say there what others put into the token. */
  private static ClaimsSet userInfo(
      OIDCProviderMetadata metadata, OIDCTokens tokens, ClaimsSet claims)
      throws IOException, ParseException {
    if (metadata.getUserInfoEndpointURI() == null) {
      return claims;
    }
    UserInfoResponse answer =
        UserInfoResponse.parse(
            impatient(
                    new UserInfoRequest(
                            metadata.getUserInfoEndpointURI(), tokens.getBearerAccessToken())
                        .toHTTPRequest())
                .send());
    // OpenID Connect Core 5.3.2: it must be about the same person.
    return answer.indicatesSuccess()
            && answer
                .toSuccessResponse()
                .getUserInfo()
                .getSubject()
                .getValue()
                .equals(claims.getStringClaim("sub"))
        ? answer.toSuccessResponse().getUserInfo()
        : claims;
  }

  private static Person person(ClaimsSet claims) throws LoginException {
    String email = claims.getStringClaim(EMAIL);
    if (email == null) {
      throw new LoginException(
          "The provider does not say the e-mail address; is the scope 'email' among"
              + " THAW_OIDC_SCOPES, and may this client have it?",
          null);
    }
    if (Boolean.FALSE.equals(claims.getBooleanClaim("email_verified"))) {
      throw new LoginException("The provider has not verified the address " + email, null);
    }
    List<String> groups = claims.getStringListClaim("groups");
    return new Person(email, groups == null ? List.of() : groups);
  }
}
