package dev.thaw.collector.serve;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which of those whom a provider knows are meant.
 *
 * @param words each an e-mail address, {@code @domain} for all of one, {@code group:NAME}, or
 *     {@code *} for everybody
 */
public record People(Set<String> words) {

  private static final String GROUP = "group:";

  public People {
    for (String word : words) {
      boolean isKnown = word.equals("*") || word.startsWith(GROUP) || word.contains("@");
      if (!isKnown) {
        throw new IllegalArgumentException(
            "'" + word + "' names nobody: write an e-mail address, @example.com, group:NAME or *");
      }
    }
  }

  public boolean isEmpty() {
    return words.isEmpty();
  }

  boolean include(String email, Collection<String> groups) {
    String address = email.toLowerCase(Locale.ROOT);
    int at = address.lastIndexOf('@');
    List<String> names = at < 0 ? List.of("*") : List.of("*", address, address.substring(at));
    return words.stream()
        .anyMatch(
            word ->
                word.startsWith(GROUP)
                    ? groups.contains(word.substring(GROUP.length()))
                    : names.contains(word.toLowerCase(Locale.ROOT)));
  }
}
