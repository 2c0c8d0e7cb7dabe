package dev.thaw.bench;

import java.util.Map;
import java.util.TreeMap;

/** {@code ./thaw bench NAME}: the list of benchmarks. Adding one is one class and one line here. */
public final class BenchMain {

  /** One benchmark. */
  interface Benchmark {
    /**
     * @return 0, or what the process exits with when a budget was not met
     */
    int run(String[] arguments) throws Exception;
  }

  private static final Map<String, Benchmark> ALL = new TreeMap<>();

  private BenchMain() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && ALL.containsKey(args[0])) {
      System.exit(ALL.get(args[0]).run(args));
    }
    System.err.println(
        ALL.isEmpty()
            ? "thaw bench: there is no benchmark yet; the documentation claims no figure yet either."
            : "thaw bench: choose one of " + ALL.keySet());
    System.exit(2);
  }
}
