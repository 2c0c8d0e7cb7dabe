package dev.thaw.collector.serve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens that are known: a file of lines «ingest orders 5e88…» with what it is for, a name for
 * people, and the token's SHA-256. A token is 256 random bits, so a plain hash keeps it. The file
 * is read again when it has changed: tokens come and go without a restart. Thread-safe.
 */
public final class Tokens {

  private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
  private static final String FORM =
      "a line is «ingest NAME SHA-256», or the same with read or edit; ./thaw token writes it";
  private static final int BYTES = 32;
  private static final long LOOK_NS = 1_000_000_000L;

  /** What a token is for. */
  public enum Kind {
    /** To send spans. */
    INGEST,
    /** To ask the API, by the dashboard too, and to read the metrics. */
    READ,
    /** To do what READ does, and to change rules and silences. */
    EDIT;

    static final Set<Kind> READERS = Set.of(READ, EDIT);

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param sha256 of the token
   */
  record Known(Kind kind, String name, byte[] sha256) {

    boolean isOf(byte[] hash) {
      // Takes as long for a wrong one as for a right one.
      return MessageDigest.isEqual(sha256, hash);
    }
  }

  private record State(List<Known> known, FileTime time, long size) {}

  private final Path file;
  private final LongSupplier clockNs;
  private volatile State state;
  private volatile long lookedNs;

  /**
   * @throws IllegalArgumentException when the file can't be read or has no token; the message says
   *     what to do
   */
  public Tokens(Path file) {
    this(file, System::nanoTime);
  }

  Tokens(Path file, LongSupplier clockNs) {
    this.file = file;
    this.clockNs = clockNs;
    try {
      state = read();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The file of tokens "
              + file
              + " can't be read. Make one with: ./thaw token read NAME --file "
              + file,
          e);
    }
    if (state.known().isEmpty()) {
      throw new IllegalArgumentException(
          "There is no token in "
              + file
              + ". Make one with: ./thaw token read NAME --file "
              + file);
    }
    lookedNs = clockNs.getAsLong();
  }

  private State read() throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    List<Known> known = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        known.add(known(line, i + 1));
      }
    }
    return new State(List.copyOf(known), time, Files.size(file));
  }

  private Known known(String line, int number) {
    String[] words = line.split("\\s+");
    for (Kind kind : Kind.values()) {
      if (words.length == 3 && words[0].equals(kind.word()) && words[2].matches("[0-9a-f]{64}")) {
        return new Known(kind, words[1], HexFormat.of().parseHex(words[2]));
      }
    }
    throw new IllegalArgumentException(file + ", line " + number + " is no token: " + FORM);
  }

  private List<Known> now() {
    long now = clockNs.getAsLong();
    if (now - lookedNs > LOOK_NS) {
      lookedNs = now;
      State before = state;
      try {
        if (!Files.getLastModifiedTime(file).equals(before.time())
            || Files.size(file) != before.size()) {
          state = read();
          LOG.info("{} tokens are known now", state.known().size());
        }
      } catch (IOException | IllegalArgumentException e) {
        LOG.error("The changed file of tokens can't be used, those from before still count", e);
      }
    }
    return state.known();
  }

  /** The one that was given, if it is known. */
  Optional<Known> find(Set<Kind> kinds, String token) {
    byte[] hash = sha256(token);
    return now().stream()
        .filter(known -> kinds.contains(known.kind()) && known.isOf(hash))
        .findFirst();
  }

  /** The one with this hash, if it is known still. */
  Optional<Known> find(Set<Kind> kinds, byte[] sha256) {
    return now().stream()
        .filter(known -> kinds.contains(known.kind()) && known.isOf(sha256))
        .findFirst();
  }

  static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /**
   * Makes a new one and adds it to the file, which only its owner may read.
   *
   * @param name without spaces
   * @return the token, which is nowhere else
   */
  public static String add(Path file, Kind kind, String name) throws IOException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String token =
        "thaw-"
            + kind.word()
            + "-"
            + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    if (!Files.exists(file)) {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(
        file,
        kind.word() + " " + name + " " + HexFormat.of().formatHex(sha256(token)) + "\n",
        StandardOpenOption.APPEND);
    return token;
  }
}
