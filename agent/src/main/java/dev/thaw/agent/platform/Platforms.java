package dev.thaw.agent.platform;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The list of function platforms. Adding one is one file and one line here; see
 * docs/adding-a-platform.md.
 */
public final class Platforms {

  private static final Platform[] ALL = {new AwsLambda()};

  private Platforms() {}

  /** The platform that this process runs on, or null. */
  public static @Nullable Platform here(Map<String, String> environment) {
    for (int i = 0; i < ALL.length; i++) {
      if (ALL[i].isHere(environment)) {
        return ALL[i];
      }
    }
    return null;
  }
}
