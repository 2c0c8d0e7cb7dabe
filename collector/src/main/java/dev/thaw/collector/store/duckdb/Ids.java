package dev.thaw.collector.store.duckdb;

import java.util.Collection;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Collectors;

/** Ids in the types that the database keeps small and compares quickly: 16 and 8 bytes. */
final class Ids {

  private Ids() {}

  static UUID trace(String hex) {
    return new UUID(number(hex, 0), number(hex, 16));
  }

  static String trace(UUID id) {
    return span(id.getMostSignificantBits()) + span(id.getLeastSignificantBits());
  }

  /** For SQL's IN. */
  static String list(Collection<UUID> traces) {
    return traces.stream().map(trace -> "'" + trace + "'::UUID").collect(Collectors.joining(","));
  }

  /** For an equals sign; of many it is planned in half the time of {@link #list}. */
  static String any(Collection<UUID> traces) {
    return traces.stream()
        .map(UUID::toString)
        .collect(Collectors.joining(",", "ANY(string_split('", "', ',')::UUID[])"));
  }

  /** Sixteen digits from there on. The JDK's own takes four times as long, for every base. */
  private static long number(String hex, int from) {
    long number = 0;
    for (int i = from; i < from + 16; i++) {
      int digit = HexFormat.fromHexDigit(hex.charAt(i));
      number = number << 4 | digit;
    }
    return number;
  }

  /** 0 for none. */
  static long span(String hex) {
    return hex.isEmpty() ? 0 : number(hex, 0);
  }

  static String span(long id) {
    String hex = Long.toHexString(id);
    return "0".repeat(16 - hex.length()) + hex;
  }
}
