package dev.thaw.agent.client;

import dev.thaw.agent.log.Log;
import dev.thaw.agent.weave.Weaver;

/**
 * The list of client libraries. Adding one is one file and one line here; see
 * docs/adding-a-client.md.
 */
public final class Clients {

  private final Client[] all = {new JdkHttpClient(), new AwsSdkV2()};

  /** Hooks those that are there. Never throws. */
  public void install(Weaver weaver, ClassLoader loader) {
    for (int i = 0; i < all.length; i++) {
      try {
        all[i].install(weaver, loader);
      } catch (Throwable e) {
        Log.failure("Hooking " + all[i].getClass().getSimpleName(), e);
      }
    }
  }
}
