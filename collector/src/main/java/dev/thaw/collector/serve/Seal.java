package dev.thaw.collector.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Bytes that go to a browser and come back as they were: signed (HMAC-SHA256) with a key that only
 * this collector has. The browser can read them. Thread-safe.
 */
final class Seal {

  private static final int KEY = 32;
  private static final int SIGNATURE = 32;

  private final byte[] key;

  /**
   * @param keyFile is made when it is not there, and its folder
   * @throws IllegalArgumentException when it can't be used
   */
  Seal(Path keyFile) {
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
    Files.createDirectories(keyFile.toAbsolutePath().getParent());
    Files.createFile(
        keyFile,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(keyFile, key);
    return key;
  }

  /** As a cookie's value. */
  String put(byte[] content) {
    byte[] value = Arrays.copyOf(content, content.length + SIGNATURE);
    System.arraycopy(signature(content), 0, value, content.length, SIGNATURE);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
  }

  /** What was put into it; empty when nobody here did. */
  Optional<byte[]> open(String sealed) {
    byte[] value;
    try {
      value = Base64.getUrlDecoder().decode(sealed);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (value.length < SIGNATURE) {
      return Optional.empty();
    }
    byte[] content = Arrays.copyOf(value, value.length - SIGNATURE);
    byte[] signature = Arrays.copyOfRange(value, content.length, value.length);
    return MessageDigest.isEqual(signature, signature(content))
        ? Optional.of(content)
        : Optional.empty();
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
