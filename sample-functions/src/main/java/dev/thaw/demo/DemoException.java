package dev.thaw.demo;

/** The demo can't go on; the message says why and what to do. */
public final class DemoException extends Exception {
  DemoException(String message) {
    super(message);
  }
}
