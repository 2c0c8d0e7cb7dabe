package dev.thaw.collector.serve;

import com.linecorp.armeria.common.TlsKeyPair;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate with which the collector speaks TLS, read again and again: whoever renews it puts
 * new files in the place of the old ones. Files that can't be used change nothing. Thread-safe.
 */
public final class Certificate {

  private static final Logger LOG = LoggerFactory.getLogger(Certificate.class);
  private static final byte[] ANYTHING = {1, 2, 3};

  private final Path certificate;
  private final Path key;
  private TlsKeyPair current;

  /** Why the files can't be used; empty while they can. */
  private String problem = "";

  /**
   * @param certificate PEM file with the certificate and those that it rests on
   * @param key PEM file with its private key
   * @throws IllegalArgumentException when they can't be used
   */
  public Certificate(Path certificate, Path key) {
    this.certificate = certificate;
    this.key = key;
    try {
      current = checked(read());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException(
          "The certificate "
              + certificate
              + " and the key "
              + key
              + " can't be used, both must be PEM files and belong together: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * What the files hold now, or held when they could be used last. It is asked every few seconds:
   * what is wrong with them is logged once.
   */
  public synchronized TlsKeyPair now() {
    try {
      TlsKeyPair read = read();
      if (!read.equals(current)) {
        current = checked(read);
        LOG.info(
            "A new certificate counts, until {}", read.certificateChain().get(0).getNotAfter());
      }
      problem = "";
    } catch (GeneralSecurityException | RuntimeException e) {
      String now = String.valueOf(e.getMessage());
      if (!now.equals(problem)) {
        problem = now;
        LOG.error("The changed certificate can't be used, the one before still counts", e);
      }
    }
    return current;
  }

  private TlsKeyPair read() {
    return TlsKeyPair.of(key.toFile(), certificate.toFile());
  }

  /** One of the two files may have been replaced and the other not yet. */
  private static TlsKeyPair checked(TlsKeyPair read) throws GeneralSecurityException {
    PrivateKey key = read.privateKey();
    PublicKey certified = read.certificateChain().get(0).getPublicKey();
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(ANYTHING);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(ANYTHING);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("the key is not the certificate's");
    }
    return read;
  }
}
