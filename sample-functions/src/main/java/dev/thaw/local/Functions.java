package dev.thaw.local;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The functions of one platform, by name. */
final class Functions {

  private final Map<String, Function> byName = new LinkedHashMap<>();

  void add(Function function) {
    if (byName.put(function.config().name(), function) != null) {
      throw new IllegalArgumentException(
          "Function '" + function.config().name() + "' is declared twice");
    }
  }

  @Nullable Function find(String name) {
    return byName.get(name);
  }

  Collection<Function> all() {
    return byName.values();
  }

  static InvocationResult await(CompletableFuture<InvocationResult> result)
      throws InterruptedException {
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("An invocation always ends with a result", e.getCause());
    }
  }
}
