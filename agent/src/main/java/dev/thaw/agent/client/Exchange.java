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
   * @param request what the library is to send
   * @param to where to, when the library says that apart; else null
   * @return the request to send, the given one when anything is in the way
   */
  @Nullable Object sending(@Nullable Object request, @Nullable Object to);

  /**
   * Ends the call when its answer comes.
   *
   * @return what the library is to return
   */
  @Nullable Object sent(@Nullable Object result);

  /** Ends the call with what the library throws. */
  void failed(@Nullable Object thrown);

  /** Of a library that is told of an answer by a callback, which is replaced. MUST NOT throw. */
  interface WithCallback {

    /** Begins the call of a scope, unless it has begun, and ends it when its callback is told. */
    @Nullable Object sending(
        @Nullable Object request, @Nullable Object scope, @Nullable Object callback);

    /** One attempt of the scope's call. */
    @Nullable Object attempting(@Nullable Object scope, @Nullable Object callback);
  }

  /** Of a library that may try again by itself; on the thread that has begun the call. */
  interface WithAttempts extends Exchange {

    void attempting();

    /**
     * @param result what came of it
     */
    void attempted(@Nullable Object result);
  }
}
