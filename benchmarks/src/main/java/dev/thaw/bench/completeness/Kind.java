package dev.thaw.bench.completeness;

import dev.thaw.local.Outcome;

/**
 * What an invocation is asked to do.
 *
 * @param event the value of the event's {@code do}
 * @param perThousand how often
 * @param ends how the platform sees it end
 * @param recorded the collector's word for it
 */
record Kind(String event, int perThousand, Outcome ends, String recorded) {

  static final Kind OK = new Kind("ok", 908, Outcome.OK, "ok");
  static final Kind EXIT = new Kind("exit", 4, Outcome.CRASH, "crash");
  static final Kind HALT_LATE = new Kind("halt-late", 3, Outcome.CRASH, "crash");
  static final Kind HALT_EARLY = new Kind("halt-early", 2, Outcome.CRASH, "");

  static final Kind[] ALL = {
    OK,
    new Kind("error", 50, Outcome.ERROR, "error"),
    new Kind("call", 20, Outcome.OK, "ok"),
    new Kind("timeout", 5, Outcome.TIMEOUT, "timeout"),
    EXIT,
    new Kind("overflow", 3, Outcome.ERROR, "error"),
    HALT_LATE,
    HALT_EARLY,
    new Kind("slow", 5, Outcome.OK, "ok"),
  };

  /**
   * @param number from 0 to 999
   */
  static Kind of(int number) {
    int left = number;
    for (Kind kind : ALL) {
      left -= kind.perThousand;
      if (left < 0) {
        return kind;
      }
    }
    return OK;
  }

  static Kind named(String event) {
    for (Kind kind : ALL) {
      if (kind.event.equals(event)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind '" + event + "'");
  }
}
