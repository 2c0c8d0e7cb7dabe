package dev.thaw.agent.invocation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What this process is, by the names of OpenTelemetry's resource conventions (FaaS, Cloud, AWS).
 * Values are texts, whole numbers, or arrays of texts. Immutable.
 */
public final class FunctionIdentity {
  public final String name;
  public final Map<String, Object> attributes;

  public FunctionIdentity(String name, Map<String, Object> attributes) {
    this.name = name;
    this.attributes = new LinkedHashMap<>(attributes);
  }
}
