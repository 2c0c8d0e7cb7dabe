package dev.thaw.collector.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Who has logged in to the dashboard: a cookie that says with which token and until when, signed
 * with a key that only this collector has. It ends with its token. Thread-safe.
 */
final class Sessions {

  static final Duration LENGTH = Duration.ofDays(7);

  private static final int KEY = 32;
  private static final int HASH = 32;
  private static final int SIGNED = Long.BYTES + HASH;

  private final byte[] key;
  private final Tokens tokens;

  /**
   * @param keyFile is made when it is not there
   * @throws IllegalArgumentException when it can't be used
   */
  Sessions(Path keyFile, Tokens tokens) {
    this.tokens = tokens;
    try {
      key = Files.exists(keyFile) ? Files.readAllBytes(keyFile) : make(keyFile);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The key of the dashboard's sessions " + keyFile + " can't be used: " + e.getMessage(),
          e);
    }
    if (key.length != KEY) {
      throw new IllegalArgumentException(
          keyFile + " is no key of " + KEY + " bytes. Remove it: everybody logs in again then");
    }
  }

  private static byte[] make(Path keyFile) throws IOException {
    byte[] key = new byte[KEY];
    new SecureRandom().nextBytes(key);
    Files.createFile(
        keyFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(keyFile, key);
    return key;
  }

  /** The cookie's value. */
  String begin(Tokens.Known with, long nowMs) {
    byte[] signed =
        ByteBuffer.allocate(SIGNED).putLong(nowMs + LENGTH.toMillis()).put(with.sha256()).array();
    ByteBuffer value = ByteBuffer.allocate(SIGNED + HASH).put(signed).put(signature(signed));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value.array());
  }

  /** Whose it is, if it is good still. */
  Optional<Tokens.Known> find(String cookie, long nowMs) {
    byte[] value;
    try {
      value = Base64.getUrlDecoder().decode(cookie);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (value.length != SIGNED + HASH) {
      return Optional.empty();
    }
    byte[] signed = Arrays.copyOf(value, SIGNED);
    byte[] signature = Arrays.copyOfRange(value, SIGNED, value.length);
    if (!MessageDigest.isEqual(signature, signature(signed))
        || ByteBuffer.wrap(signed).getLong() < nowMs) {
      return Optional.empty();
    }
    return tokens.find(Tokens.Kind.READERS, Arrays.copyOfRange(signed, Long.BYTES, SIGNED));
  }

  private byte[] signature(byte[] of) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(of);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256", e);
    }
  }
}
