package dev.thaw.collector.serve;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Who has logged in to the dashboard, as a sealed cookie: with which token, and then it ends with
 * the token; or as whom a provider knows them, and then it ends by itself. Thread-safe.
 */
final class Sessions {

  /** Somebody who may read, or edit as well. */
  record Reader(Tokens.Kind kind, String name) {

    static Reader of(Tokens.Known token) {
      return new Reader(token.kind(), token.name());
    }
  }

  static final Duration LENGTH = Duration.ofDays(7);

  /** Nobody tells the collector when a provider would not let somebody in any more. */
  static final Duration LENGTH_WITH_PROVIDER = Duration.ofHours(12);

  private static final byte BY_TOKEN = 1;
  private static final byte BY_PROVIDER = 2;
  private static final byte MAY_READ = 0;
  private static final byte MAY_EDIT = 1;
  private static final int HEAD = 1 + Long.BYTES;

  private final Seal seal;
  private final Tokens tokens;
  private final boolean hasProvider;

  Sessions(Seal seal, Tokens tokens, boolean hasProvider) {
    this.seal = seal;
    this.tokens = tokens;
    this.hasProvider = hasProvider;
  }

  /** The cookie's value. */
  String begin(Tokens.Known with, long nowMs) {
    return seal.put(
        ByteBuffer.allocate(HEAD + with.sha256().length)
            .put(BY_TOKEN)
            .putLong(nowMs + LENGTH.toMillis())
            .put(with.sha256())
            .array());
  }

  /** The value of the cookie of somebody whom the provider has let in. */
  String begin(Reader who, long nowMs) {
    byte[] name = who.name().getBytes(StandardCharsets.UTF_8);
    return seal.put(
        ByteBuffer.allocate(HEAD + 1 + name.length)
            .put(BY_PROVIDER)
            .putLong(nowMs + LENGTH_WITH_PROVIDER.toMillis())
            .put(who.kind() == Tokens.Kind.EDIT ? MAY_EDIT : MAY_READ)
            .put(name)
            .array());
  }

  /** Whose it is, if it is good still. */
  Optional<Reader> find(String cookie, long nowMs) {
    return seal.open(cookie).map(ByteBuffer::wrap).flatMap(content -> find(content, nowMs));
  }

  private Optional<Reader> find(ByteBuffer content, long nowMs) {
    if (content.remaining() <= HEAD) {
      return Optional.empty();
    }
    byte by = content.get();
    if (content.getLong() < nowMs) {
      return Optional.empty();
    }
    if (by == BY_PROVIDER && hasProvider) {
      Tokens.Kind kind = content.get() == MAY_EDIT ? Tokens.Kind.EDIT : Tokens.Kind.READ;
      return Optional.of(new Reader(kind, StandardCharsets.UTF_8.decode(content).toString()));
    }
    if (by == BY_TOKEN) {
      byte[] sha256 = new byte[content.remaining()];
      content.get(sha256);
      return tokens.find(Tokens.Kind.READERS, sha256).map(Reader::of);
    }
    return Optional.empty();
  }
}
