package dev.thaw.agent.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request, a response or a part of one, of either AWS SDK: its fields by the names that the
 * services' API references give them, whatever the case. Public for the classes below the
 * libraries' loaders.
 */
public interface AwsFields {

  /** The field's text; null when there is no such field or it is not set. */
  @Nullable String text(String field);

  /** The elements of a field that is a list of structures; empty when there is none. */
  List<AwsFields> list(String field);

  /** The entries of a field that is a map to structures; empty when there is none. */
  Map<String, AwsFields> map(String field);
}
