package dev.thaw.agent.weave;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to be woven into one method: callbacks at its entry, at its normal exits, and where an
 * exception leaves it. A method that the class only inherits can get a callback at its entry, too.
 *
 * <p>A callback is a public static method of a class on the bootstrap class path that never throws;
 * its parameters are what the values give, objects as {@code Object}. An exit callback whose values
 * have getters has a sister, {@code public static void unreadable(Object)}, that is told when one
 * of them throws.
 */
public final class Hook {

  // Where a callback stands. No enum: each class of ours is loaded in the user's cold start.
  static final int ENTRY = 0;
  static final int EXIT = 1;
  static final int THROW = 2;

  /** One callback. */
  static final class Callback {
    final int at;
    final String owner;
    final String name;
    final String descriptor;
    final Value[] values;

    /** The argument that the callback's answer replaces; -1 for none. */
    final int replacesArgument;

    final boolean replacesResult;

    Callback(
        int at,
        String owner,
        String name,
        String descriptor,
        Value[] values,
        int replacesArgument,
        boolean replacesResult) {
      this.at = at;
      this.owner = owner;
      this.name = name;
      this.descriptor = descriptor;
      this.values = values;
      this.replacesArgument = replacesArgument;
      this.replacesResult = replacesResult;
    }
  }

  final String type;
  final String method;
  final String descriptor;
  final List<Callback> callbacks = new ArrayList<>();
  boolean optional;
  boolean inherited;

  private Hook(String type, String method, String descriptor) {
    this.type = type;
    this.method = method;
    this.descriptor = descriptor;
  }

  /**
   * @param type the class, with dots
   * @param descriptor the method's descriptor, in full
   */
  public static Hook on(String type, String method, String descriptor) {
    return new Hook(type, method, descriptor);
  }

  public Hook enter(String owner, String name, String callback, Value... values) {
    callbacks.add(new Callback(ENTRY, owner, name, callback, values, -1, false));
    return this;
  }

  /** Like {@link #enter}; the callback's answer, an Object, takes the argument's place. */
  public Hook replaceArgument(
      int index, String owner, String name, String callback, Value... values) {
    callbacks.add(new Callback(ENTRY, owner, name, callback, values, index, false));
    return this;
  }

  public Hook exit(String owner, String name, String callback, Value... values) {
    callbacks.add(new Callback(EXIT, owner, name, callback, values, -1, false));
    return this;
  }

  /** Like {@link #exit}; the callback's answer, an Object, takes the result's place. */
  public Hook replaceResult(String owner, String name, String callback, Value... values) {
    callbacks.add(new Callback(EXIT, owner, name, callback, values, -1, true));
    return this;
  }

  /**
   * Where an exception leaves the method, which is no constructor; {@link Value#thrown} gives it.
   * It goes on its way.
   */
  public Hook thrown(String owner, String name, String callback, Value... values) {
    callbacks.add(new Callback(THROW, owner, name, callback, values, -1, false));
    return this;
  }

  /**
   * Some versions of the class don't have this method: the class's other hooks stand all the same.
   */
  public Hook ifPresent() {
    optional = true;
    return this;
  }

  /**
   * The class inherits the method: it gets one that calls back and then does what it inherits. Only
   * as the class is loaded, and only where that is simple; else it is as if the hook was not there.
   */
  public Hook inherited() {
    inherited = true;
    optional = true;
    return this;
  }

  public String type() {
    return type;
  }
}
