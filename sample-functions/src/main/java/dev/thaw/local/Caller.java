package dev.thaw.local;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Who asked for an invocation.
 *
 * @param kind a function, a trigger of the platform's own, or somebody outside
 * @param name the function's or the trigger's name; empty for callers from outside
 */
public record Caller(Kind kind, String name) {

  /** The three kinds of caller that the ledger tells apart. */
  public enum Kind {
    FUNCTION,
    TRIGGER,
    OUTSIDE;

    /** The word that the ledger uses. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final Caller OUTSIDE = new Caller(Kind.OUTSIDE, "");

  static Caller function(String name) {
    return new Caller(Kind.FUNCTION, name);
  }

  static Caller trigger(String name) {
    return new Caller(Kind.TRIGGER, name);
  }
}
