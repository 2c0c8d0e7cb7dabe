package dev.thaw.collector.store.duckdb;

import java.util.UUID;

/** Ids in the types that the database keeps small and compares quickly: 16 and 8 bytes. */
final class Ids {

  private Ids() {}

  static UUID trace(String hex) {
    return new UUID(
        Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
  }

  static String trace(UUID id) {
    return span(id.getMostSignificantBits()) + span(id.getLeastSignificantBits());
  }

  /** 0 for none. */
  static long span(String hex) {
    return hex.isEmpty() ? 0 : Long.parseUnsignedLong(hex, 16);
  }

  static String span(long id) {
    String hex = Long.toHexString(id);
    return "0".repeat(16 - hex.length()) + hex;
  }
}
