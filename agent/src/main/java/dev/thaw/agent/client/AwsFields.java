package dev.thaw.agent.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request, a response or a part of one, of either AWS SDK: its fields by the names that the
 * services' API references give them, whatever the case. Public for the classes below the
 * libraries' loaders.
 */
public abstract class AwsFields {

  /** The field's value; null when there is no such field or it is not set. */
  protected abstract @Nullable Object value(String field);

  /** The same for a structure that is the value, or in the value, of a field. */
  protected abstract AwsFields part(@Nullable Object structure);

  /** The field's text; null when it has none. */
  final @Nullable String text(String field) {
    Object value = value(field);
    return value instanceof String ? (String) value : null;
  }

  /** The elements of a field that is a list of structures; empty when there is none. */
  final List<AwsFields> list(String field) {
    Object value = value(field);
    if (!(value instanceof List)) {
      return Collections.emptyList();
    }
    List<AwsFields> elements = new ArrayList<>();
    for (Object element : (List<?>) value) {
      elements.add(part(element));
    }
    return elements;
  }

  /** The entries of a field that is a map to structures; empty when there is none. */
  final Map<String, AwsFields> map(String field) {
    Object value = value(field);
    if (!(value instanceof Map)) {
      return Collections.emptyMap();
    }
    Map<String, AwsFields> entries = new HashMap<>();
    for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
      entries.put(String.valueOf(entry.getKey()), part(entry.getValue()));
    }
    return entries;
  }
}
