package dev.thaw.agent.client;

import org.jspecify.annotations.Nullable;

/**
 * Which of AWS's errors say that somebody is at a limit; for both SDKs. The words are those of the
 * services' API references («Common errors») and of the SDKs' own lists.
 */
public final class AwsThrottle {

  private static final String[] WORDS = {
    "Throttl",
    "TooManyRequests",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "SlowDown",
    "OverLimit",
    "PriorRequestNotComplete",
  };

  /** Errors are short; what is longer is no error of AWS's. */
  public static final int MOST_BODY = 16 * 1024;

  private AwsThrottle() {}

  /**
   * @param code the service's word for the error; empty when it gave none
   */
  public static boolean is(int status, String code, boolean hasRetryAfter) {
    if (status == 429 || (status == 503 && hasRetryAfter)) {
      return true;
    }
    for (int i = 0; i < WORDS.length; i++) {
      if (code.contains(WORDS[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * The error's word out of a header or a body: without the namespace before it and the address
   * behind it.
   *
   * @param header of {@code x-amzn-ErrorType}; null when it is not there
   */
  public static String code(@Nullable String header, String body) {
    String code = header == null ? "" : header;
    if (code.isEmpty()) {
      code = between(body, "\"__type\":\"", '"');
    }
    if (code.isEmpty()) {
      code = between(body, "<Code>", '<');
    }
    if (code.isEmpty()) {
      code = between(body, "\"code\":\"", '"');
    }
    int hash = code.indexOf('#');
    int colon = code.indexOf(':');
    return code.substring(hash + 1, colon > hash ? colon : code.length());
  }

  /** Why, in the service's own word: Lambda gives one besides the code. */
  public static String reason(int status, String code, String body) {
    String reason = between(body, "\"Reason\":\"", '"');
    if (!reason.isEmpty()) {
      return reason;
    }
    return code.isEmpty() ? "HTTP " + status : code;
  }

  private static String between(String text, String before, char end) {
    int at = text.indexOf(before);
    if (at < 0) {
      // Some services write a space behind the colon.
      at = before.endsWith("\":\"") ? text.indexOf(before.replace("\":\"", "\": \"")) : -1;
      if (at < 0) {
        return "";
      }
      at++;
    }
    int from = at + before.length();
    int to = text.indexOf(end, from);
    return to < 0 ? "" : text.substring(from, to);
  }
}
