package dev.thaw.agent.weave;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weaves a class as the agent would when the application loads it, for tests of other rooms. */
public final class Weaving {

  private Weaving() {}

  /**
   * @throws IllegalStateException when the class is not as the hooks know it
   */
  public static byte[] weave(byte[] type, List<Hook> hooks, @Nullable ClassLoader loader)
      throws ClassNotFoundException {
    return Weaver.weave(type, hooks, loader);
  }
}
