package dev.thaw.agent.weave;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weaves a class as the agent would when the application loads it, for tests of other rooms. */
public final class Weaving {

  private Weaving() {}

  /**
   * @throws AssertionError when the class is not as the hooks know it
   */
  public static byte[] weave(byte[] type, List<Hook> hooks, @Nullable ClassLoader loader)
      throws ClassNotFoundException {
    Weaver.Woven woven = Weaver.weave(type, hooks, loader);
    byte[] bytes = woven.bytes;
    if (bytes == null) {
      throw new AssertionError(woven.problem);
    }
    return bytes;
  }
}
