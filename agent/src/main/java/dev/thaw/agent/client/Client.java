package dev.thaw.agent.client;

import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.WhenLoaded;
import java.util.List;

/**
 * A library for outgoing calls. Told by which loader the first of its hooked classes is loaded.
 *
 * <p>An implementation MUST NOT load anything of the library: its hooks wait until the application
 * does.
 */
interface Client extends WhenLoaded.Listener {

  /** What is woven into the library. */
  List<Hook> hooks();
}
