package dev.thaw.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;

/** Errors in the form in which Lambda gives them to the caller of a function. */
final class LambdaErrors {

  private static final ObjectMapper JSON = new ObjectMapper();

  private LambdaErrors() {}

  static byte[] json(String errorType, String errorMessage) {
    return JSON.createObjectNode()
        .put("errorType", errorType)
        .put("errorMessage", errorMessage)
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }
}
