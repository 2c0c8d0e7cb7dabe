package dev.thaw.collector.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A critical path as a sentence: what took longest, and its share. */
public final class WhereTimeWent {

  /**
   * What was spent on one thing, wherever on the path.
   *
   * @param ns nanoseconds
   */
  public record Share(CriticalPath.Kind kind, String what, long ns) {}

  private static final int MOST_NAMED = 4;
  private static final double LEAST_SHARE = 0.02;

  private WhereTimeWent() {}

  /** The longest first. */
  public static List<Share> shares(List<CriticalPath.Part> path) {
    Map<String, Share> sums = new LinkedHashMap<>();
    for (CriticalPath.Part part : path) {
      sums.merge(
          part.kind() + part.what(),
          new Share(part.kind(), part.what(), part.lengthNs()),
          (a, b) -> new Share(a.kind(), a.what(), a.ns() + b.ns()));
    }
    List<Share> shares = new ArrayList<>(sums.values());
    shares.sort(Comparator.comparingLong(Share::ns).reversed());
    return shares;
  }

  /** Empty for an empty path. */
  public static String sentence(List<CriticalPath.Part> path) {
    List<Share> shares = shares(path);
    long whole = shares.stream().mapToLong(Share::ns).sum();
    if (whole == 0) {
      return "";
    }
    List<String> named = new ArrayList<>();
    for (Share share : shares) {
      if (named.size() < MOST_NAMED && share.ns() >= whole * LEAST_SHARE) {
        named.add(
            "%s %s (%d %%)"
                .formatted(
                    length(share.ns()), words(share), Math.round(100.0 * share.ns() / whole)));
      }
    }
    return "Of " + length(whole) + ": " + String.join(", ", named) + ".";
  }

  private static String words(Share share) {
    return switch (share.kind()) {
      case WORK -> "own work of " + share.what();
      case CALL -> "calling " + share.what();
      case WAIT -> "waiting in " + share.what();
      case START -> "cold start of " + share.what();
      case THROTTLED -> "throttled by " + share.what();
    };
  }

  private static String length(long ns) {
    double ms = ns / 1e6;
    return ms >= 1000
        ? String.format(Locale.ROOT, "%.2f s", ms / 1000)
        : ms >= 10
            ? String.format(Locale.ROOT, "%.0f ms", ms)
            : String.format(Locale.ROOT, "%.1f ms", ms);
  }
}
