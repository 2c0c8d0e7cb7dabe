package dev.thaw.agent.client;

import dev.thaw.agent.weave.Weaver;

/**
 * The list of client libraries. Adding one is one file and one line here; see
 * docs/adding-a-client.md.
 */
public final class Clients {

  private final Client[] all = {new JdkHttpClient(), new AwsSdkV2()};

  /** Has those hooked that the application will load. Never throws. */
  public void install(Weaver weaver) {
    for (int i = 0; i < all.length; i++) {
      weaver.applyWhenLoaded(all[i].hooks(), all[i]);
    }
  }
}
