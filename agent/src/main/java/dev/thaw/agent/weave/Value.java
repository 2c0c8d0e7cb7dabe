package dev.thaw.agent.weave;

/**
 * A value that woven code hands to a callback: an argument, the object itself, the result or the
 * exception, or what a getter or field of one of those gives. Immutable.
 *
 * <p>Getters are called inside the woven class, which sees its library's types; the agent sees JDK
 * types only.
 */
public final class Value {

  static final int SELF = 0;
  static final int ARGUMENT = 1;
  static final int RESULT = 2;
  static final int THROWN = 3;

  private static final Step[] NO_STEPS = new Step[0];

  /** One step from an object to a part of it. */
  static final class Step {
    final boolean field;
    final String owner;
    final String name;
    final String descriptor;

    Step(boolean field, String owner, String name, String descriptor) {
      this.field = field;
      this.owner = owner;
      this.name = name;
      this.descriptor = descriptor;
    }
  }

  /** What it starts from: {@link #SELF} and the following. */
  final int source;

  /** Of an argument, its index. */
  final int argument;

  final Step[] path;

  private Value(int source, int argument, Step[] path) {
    this.source = source;
    this.argument = argument;
    this.path = path;
  }

  /** The object whose method is hooked. */
  public static Value self() {
    return new Value(SELF, -1, NO_STEPS);
  }

  /**
   * @param index 0 for the first declared parameter
   */
  public static Value argument(int index) {
    return new Value(ARGUMENT, index, NO_STEPS);
  }

  /** What the method returns; at its exit only. */
  public static Value result() {
    return new Value(RESULT, -1, NO_STEPS);
  }

  /** The exception that leaves the method; where one does, only. */
  public static Value thrown() {
    return new Value(THROWN, -1, NO_STEPS);
  }

  /**
   * What a getter gives.
   *
   * @param owner the class that declares it, with slashes
   * @param descriptor such as {@code ()Ljava/lang/String;}
   */
  public Value call(String owner, String name, String descriptor) {
    return with(new Step(false, owner, name, descriptor));
  }

  /**
   * What a field holds.
   *
   * @param owner the class that declares it, with slashes
   * @param descriptor such as {@code Ljava/lang/String;}
   */
  public Value field(String owner, String name, String descriptor) {
    return with(new Step(true, owner, name, descriptor));
  }

  private Value with(Step step) {
    Step[] longer = java.util.Arrays.copyOf(path, path.length + 1);
    longer[path.length] = step;
    return new Value(source, argument, longer);
  }
}
