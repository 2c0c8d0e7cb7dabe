package dev.thaw.collector.store.duckdb;

import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Filter.Operator;
import dev.thaw.collector.model.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A filter as SQL. Values are written into it, each as a literal that nothing can end early. */
final class FilterSql {

  private static final Pattern UNESCAPED = Pattern.compile("[^\"\\\\\\p{Cntrl}]*");

  private final List<AttributeColumns.Column> columns;
  private final @Nullable Set<String> restKeys;
  private final String resourceTable;

  /**
   * @param columns of the part
   * @param restKeys the attributes that may be outside its columns; null when any may
   * @param resourceTable of the part
   */
  FilterSql(
      List<AttributeColumns.Column> columns, @Nullable Set<String> restKeys, String resourceTable) {
    this.columns = columns;
    this.restKeys = restKeys;
    this.resourceTable = resourceTable;
  }

  /** On the table of invocations. */
  static String ofInvocations(Filter filter) {
    return new FilterSql(List.of(), null, "").sql(filter, false);
  }

  /** On a part's spans, called s, beside their invocations, called i. */
  String ofSpans(Filter filter) {
    return sql(filter, true);
  }

  /** Whether it asks for something that only the table of invocations has. */
  static boolean needsInvocations(Filter filter) {
    return filter
        .terms()
        .anyMatch(
            term ->
                term instanceof Filter.OfField field
                    && field.field().ofInvocation()
                    && field.field() != Filter.Field.FUNCTION
                    && field.field() != Filter.Field.DURATION);
  }

  private String sql(Filter filter, boolean ofSpans) {
    if (filter instanceof Filter.All all) {
      return joined(all.of(), " AND ", ofSpans);
    }
    if (filter instanceof Filter.Any any) {
      return joined(any.of(), " OR ", ofSpans);
    }
    if (filter instanceof Filter.Not not) {
      return "(" + sql(not.of(), ofSpans) + ") IS NOT TRUE";
    }
    if (filter instanceof Filter.OfField field) {
      return field(field, ofSpans);
    }
    if (filter instanceof Filter.OfAttribute attribute) {
      return attribute.ofResource()
          ? ofResource(attribute.key(), compared(attribute))
          : ofSpan(attribute.key(), compared(attribute));
    }
    Filter.HasAttribute has = (Filter.HasAttribute) filter;
    Compared isThere = (value, type) -> value + " IS NOT NULL";
    return has.ofResource() ? ofResource(has.key(), isThere) : ofSpan(has.key(), isThere);
  }

  private String joined(List<Filter> of, String by, boolean ofSpans) {
    return of.stream().map(part -> "(" + sql(part, ofSpans) + ")").collect(Collectors.joining(by));
  }

  private static String field(Filter.OfField wanted, boolean ofSpans) {
    String span = ofSpans ? "s." : "";
    String invocation = ofSpans ? "i." : "";
    String column =
        switch (wanted.field()) {
          case FUNCTION -> span + "function";
          case DURATION -> ofSpans ? "s.duration_ns" : "(end_ns - start_ns)";
          case NAME -> span + "name";
          case KIND -> span + "kind";
          case STATUS -> span + "status";
          case COLD -> invocation + "cold";
          case OUTCOME -> invocation + "outcome";
          case INIT -> invocation + "init_ns";
          case TRIGGER -> invocation + "trigger_kind";
          case VERSION -> invocation + "version";
          case REQUEST -> invocation + "request_id";
          case ERROR -> invocation + "error_type";
          case ENVIRONMENT -> invocation + "environment";
        };
    Object value = wanted.value();
    return wanted.operator() == Operator.CONTAINS
        ? contains(column, value.toString())
        : column
            + sign(wanted.operator())
            + (value instanceof String text ? literal(text) : value.toString());
  }

  /** That a row is of the scope's environment, to come behind another condition. */
  static String andIn(Scope scope) {
    return scope.environment() == null ? "" : " AND environment = " + literal(scope.environment());
  }

  /** How one value is compared, whatever holds it. */
  private interface Compared {
    String sql(String value, AttributeColumns.Type type);
  }

  private static Compared compared(Filter.OfAttribute wanted) {
    return (value, type) -> {
      boolean isText = type == AttributeColumns.Type.TEXT;
      if (wanted.operator() == Operator.CONTAINS) {
        return contains(isText ? value : value + "::VARCHAR", text(wanted.value()));
      }
      String sign = sign(wanted.operator());
      if (wanted.value() instanceof Double number) {
        if (type == AttributeColumns.Type.TRUTH) {
          return "false";
        }
        // A status of a hundred tracers is a number for some and a text for others.
        return (isText ? "TRY_CAST(" + value + " AS DOUBLE)" : value) + sign + number;
      }
      return (isText ? value : value + "::VARCHAR") + sign + literal(text(wanted.value()));
    };
  }

  private static String text(Object value) {
    if (value instanceof Double number && number == Math.rint(number)) {
      return Long.toString(number.longValue());
    }
    return value.toString();
  }

  /** In its columns, and among the attributes that have none. */
  private String ofSpan(String key, Compared compared) {
    List<String> places = new ArrayList<>();
    for (AttributeColumns.Column column : columns) {
      if (column.key().equals(key)) {
        places.add(compared.sql("s." + column.name(), column.type()));
      }
    }
    if (restKeys == null || restKeys.contains(key)) {
      places.add(inRest(key, compared));
    }
    return places.isEmpty() ? "false" : String.join(" OR ", places);
  }

  private static String inRest(String key, Compared compared) {
    String pointer = literal("/attributes/" + key.replace("~", "~0").replace("/", "~1"));
    // The text is looked through before it is read; where JSON writes the key otherwise, it is
    // read.
    String isLikely = UNESCAPED.matcher(key).matches() ? literal(key) : "'attributes'";
    return "(s.rest IS NOT NULL AND contains(s.rest, "
        + isLikely
        + ") AND "
        + compared.sql("(s.rest->>" + pointer + ")", AttributeColumns.Type.TEXT)
        + ")";
  }

  private String ofResource(String key, Compared compared) {
    String pointer = literal("/" + key.replace("~", "~0").replace("/", "~1"));
    return "s.resource_id IN (SELECT id FROM "
        + resourceTable
        + " WHERE "
        + compared.sql("(body->>" + pointer + ")", AttributeColumns.Type.TEXT)
        + ")";
  }

  private static String contains(String column, String part) {
    return "contains(lower(" + column + "), " + literal(part.toLowerCase(Locale.ROOT)) + ")";
  }

  private static String sign(Operator operator) {
    return operator == Operator.UNEQUAL ? " <> " : " " + operator.sign() + " ";
  }

  /** In standard SQL only a quote ends a text, and two of them don't. */
  static String literal(String text) {
    return "'" + text.replace("'", "''").replace("\0", "") + "'";
  }
}
