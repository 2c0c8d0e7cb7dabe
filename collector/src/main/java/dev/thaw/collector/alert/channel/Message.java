package dev.thaw.collector.alert.channel;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one notification says. Immutable; as JSON it is what a webhook gets, docs/alerts.md shows
 * one. Times are milliseconds since the Unix epoch.
 *
 * @param id of this message; the same when it is sent again because nobody answered
 * @param group what the alerts in it have in common; a later message about them has the same
 * @param status {@code firing}, or {@code resolved} when nothing of the group fires any more
 * @param severity the worst of its alerts': critical, error, warning or info
 * @param repeated whether it says nothing new, and reminds of what still fires
 * @param firing how many alerts fire
 * @param resolved how many ended since the message before
 * @param items the alerts, what is new first
 * @param more how many alerts are not among the items
 * @param url of the page with all of them
 */
public record Message(
    String id,
    String group,
    String status,
    String severity,
    String title,
    boolean repeated,
    int firing,
    int resolved,
    List<Item> items,
    int more,
    String url,
    long sentMs) {

  /**
   * One alert.
   *
   * @param finding what was found, in words
   * @param condition what the rule says, in words
   * @param value in the rule's unit: a count, percent, milliseconds or US dollars
   * @param pendingMs since when the rule's condition holds
   * @param sinceMs since when it fires
   * @param late whether it was told so late that its window had passed
   * @param runbook where it says what to do, or empty
   * @param url of the function at that time
   */
  public record Item(
      String rule,
      String kind,
      String function,
      String status,
      String severity,
      String finding,
      String condition,
      double value,
      long pendingMs,
      long sinceMs,
      @JsonInclude @Nullable Long resolvedMs,
      boolean late,
      String runbook,
      String url,
      @JsonInclude @Nullable Example example) {

    boolean isFiring() {
      return resolvedMs == null;
    }

    /** What it was doing, or why, in a sentence each; nothing when it is not known. */
    List<String> reasons() {
      List<String> reasons = new ArrayList<>();
      if (late) {
        reasons.add("This was told late; it is over.");
      }
      Example shown = example;
      if (shown != null) {
        if (!shown.openCall().isEmpty()) {
          reasons.add("It was waiting for " + shown.openCall());
        }
        if (!shown.topFrame().isEmpty()) {
          reasons.add("It stood at " + shown.topFrame());
        }
        if (!shown.cause().isEmpty()) {
          reasons.add("Largest cause: " + shown.cause());
        }
      }
      return reasons;
    }
  }

  /**
   * An invocation that shows what an alert is about.
   *
   * @param openCall the call that had no answer, or empty
   * @param topFrame where the function's own code stood, or empty
   * @param cause of a cold start, what took most of it; of an error, what was thrown; or empty
   */
  public record Example(
      String traceId,
      String requestId,
      String openCall,
      String topFrame,
      String cause,
      String url) {}

  boolean isFiring() {
    return status.equals("firing");
  }

  /** The title with its status, for one line. */
  public String headline() {
    return (isFiring() ? repeated ? "Still firing: " : "Firing: " : "Resolved: ") + title;
  }
}
