package dev.thaw.collector.model;

import java.util.List;
import java.util.stream.Stream;

/** A condition on one span. Immutable. */
public sealed interface Filter {

  /** What a span or an invocation is asked for. */
  enum Field {
    FUNCTION(Type.TEXT, true),
    DURATION(Type.TIME, true),
    NAME(Type.TEXT, false),
    KIND(Type.WORD, false),
    STATUS(Type.WORD, false),
    COLD(Type.TRUTH, true),
    OUTCOME(Type.WORD, true),
    INIT(Type.TIME, true),
    TRIGGER(Type.TEXT, true),
    VERSION(Type.TEXT, true),
    REQUEST(Type.TEXT, true),
    ERROR(Type.TEXT, true),
    ENVIRONMENT(Type.TEXT, true);

    private final Type type;
    private final boolean ofInvocation;

    Field(Type type, boolean ofInvocation) {
      this.type = type;
      this.ofInvocation = ofInvocation;
    }

    /** As it is written in a filter. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    public Type type() {
      return type;
    }

    /** Whether an invocation has it. */
    public boolean ofInvocation() {
      return ofInvocation;
    }
  }

  /** What a field holds: WORD is one of a few, TIME is in nanoseconds. */
  enum Type {
    TEXT,
    WORD,
    TIME,
    TRUTH
  }

  /** How it is compared; CONTAINS ignores case. */
  enum Operator {
    EQUAL("="),
    UNEQUAL("!="),
    CONTAINS("~"),
    AT_MOST("<="),
    LESS("<"),
    AT_LEAST(">="),
    GREATER(">");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }

    /** Whether it asks which of two is more. */
    public boolean orders() {
      return this == AT_MOST || this == LESS || this == AT_LEAST || this == GREATER;
    }
  }

  /** All of them hold. */
  record All(List<Filter> of) implements Filter {}

  /** At least one of them holds. */
  record Any(List<Filter> of) implements Filter {}

  record Not(Filter of) implements Filter {}

  /**
   * @param value a String; a Long for TIME; a Boolean for TRUTH; the number in its enum for WORD
   */
  record OfField(Field field, Operator operator, Object value) implements Filter {}

  /**
   * @param ofResource of the resource, not of the span
   * @param value a String, or a Double for what was written as a number
   */
  record OfAttribute(boolean ofResource, String key, Operator operator, Object value)
      implements Filter {}

  /** The span, or its resource, has such an attribute. */
  record HasAttribute(boolean ofResource, String key) implements Filter {}

  /** What it is made of: fields and attributes, without what joins them. */
  default Stream<Filter> terms() {
    if (this instanceof All all) {
      return all.of().stream().flatMap(Filter::terms);
    }
    if (this instanceof Any any) {
      return any.of().stream().flatMap(Filter::terms);
    }
    return this instanceof Not not ? not.of().terms() : Stream.of(this);
  }

  /** Whether invocations alone can answer it. */
  default boolean isAboutInvocations() {
    return terms().allMatch(term -> term instanceof OfField field && field.field().ofInvocation());
  }
}
