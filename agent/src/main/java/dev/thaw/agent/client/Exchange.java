package dev.thaw.agent.client;

import org.jspecify.annotations.Nullable;

/**
 * What crosses between woven code, which calls on the bootstrap path, and a class that speaks the
 * library's types below the library's loader. In values of JDK types. Public, because the two sides
 * are in different run-time packages. An implementation MUST NOT throw.
 */
public interface Exchange {

  /**
   * Begins the call and adds the trace headers.
   *
   * @return the request to send, the given one when anything is in the way
   */
  @Nullable Object sending(@Nullable Object request);

  /**
   * Ends the call when its answer comes.
   *
   * @return what the library is to return
   */
  @Nullable Object sent(@Nullable Object result);
}
