package dev.thaw.agent.client;

import dev.thaw.agent.weave.Hook;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A library for outgoing calls. Made when the application looks for one of its classes.
 *
 * <p>An implementation has a public constructor without parameters and MUST NOT load anything of
 * the library: its hooks wait until the application does.
 */
interface Client {

  /**
   * What is woven into a class of the library, or of the JDK; see {@link
   * dev.thaw.agent.weave.WhenLoaded.Source}.
   *
   * @param awaited one of those that {@link Clients} names for it
   */
  List<Hook> hooks(String awaited);

  /**
   * One of its awaited classes is loaded.
   *
   * @param loader null for the bootstrap loader
   */
  void loaded(@Nullable ClassLoader loader);
}
