package dev.thaw.agent.client;

import dev.thaw.agent.weave.Weaver;

/**
 * A library for outgoing calls.
 *
 * <p>An implementation MUST do nothing when the library is not there, and MUST NOT load more of it
 * than the application would itself.
 */
interface Client {

  /**
   * Hooks the library.
   *
   * @param loader the function's class loader, before the function's own class is loaded
   */
  void install(Weaver weaver, ClassLoader loader);
}
