package dev.thaw.collector;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A whole collector on free ports. */
public final class CollectorForTests {

  private CollectorForTests() {}

  /**
   * @param more settings, each a name and its value
   */
  public static Collector in(Path data, String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("THAW_PORT", "0");
    settings.put("THAW_GRPC_PORT", "0");
    settings.put("THAW_DATA", data.toString());
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return new Collector(Settings.read(settings));
  }
}
