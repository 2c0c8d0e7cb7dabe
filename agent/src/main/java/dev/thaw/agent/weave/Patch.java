package dev.thaw.agent.weave;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weaves the simple hooks straight into a class file (Java Virtual Machine Specification, chapter
 * 4), without a bytecode library: loading one and reading a class with it would be the largest part
 * of what the agent adds to a start.
 *
 * <p>Simple is a callback at a method's entry, and one at the exit of a method without branches,
 * and a method that is only inherited. For anything else it says so, and {@link AsmWeaver} does it.
 */
final class Patch {

  /** Thrown for what this does not do. */
  private static final class NotSimple extends IOException {
    private static final long serialVersionUID = 1;

    NotSimple(String what) {
      super(what);
    }
  }

  private static final int UTF8 = 1;
  private static final int CLASS = 7;
  private static final int FIELD_REF = 9;
  private static final int METHOD_REF = 10;
  private static final int NAME_AND_TYPE = 12;

  private static final int PUBLIC = 0x0001;
  private static final int STATIC = 0x0008;
  private static final int SYNTHETIC = 0x1000;

  private static final int NOP = 0;
  private static final int ILOAD = 21;
  private static final int ALOAD = 25;
  private static final int ASTORE = 58;
  private static final int ARETURN = 176;
  private static final int RETURN = 177;
  private static final int GETFIELD = 180;
  private static final int INVOKEVIRTUAL = 182;
  private static final int INVOKESPECIAL = 183;
  private static final int INVOKESTATIC = 184;
  private static final int CHECKCAST = 192;

  // Stack maps (section 4.7.4).
  private static final int ONE_ON_STACK_EXTENDED = 247;
  private static final int SAME_EXTENDED = 251;
  private static final int FULL_FRAME = 255;
  private static final int TOP = 0;
  private static final int OBJECT = 7;
  private static final int UNINITIALIZED = 8;

  private static final int MOST_CODE = 65_535;

  private final byte[] in;
  private final List<Hook> hooks;

  /** Whether the hook at the same place in the list has its method. */
  private final boolean[] applied;

  /** Where each constant begins, after its tag. */
  private int[] constants = new int[0];

  private int constantsEnd;
  private int constantCount;
  private final Bytes added = new Bytes(2048);

  /** The type that was added last: a hook's callbacks mostly have the same. */
  private String lastType = "";

  private int lastTypeConstant;

  private Patch(byte[] in, List<Hook> hooks) {
    this.in = in;
    this.hooks = hooks;
    applied = new boolean[hooks.size()];
  }

  /**
   * @return the woven class; null when a hook is not simple or its method is not there
   */
  static byte @Nullable [] apply(byte[] type, List<Hook> hooks) {
    try {
      Patch patch = new Patch(type, hooks);
      byte[] woven = patch.patched();
      for (int i = 0; i < patch.applied.length; i++) {
        if (!patch.applied[i]) {
          return null;
        }
      }
      return woven;
    } catch (IOException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  private byte[] patched() throws IOException {
    readConstants();
    Bytes body = new Bytes(in.length + 1024);
    int at = constantsEnd + 6;
    at += 2 + 2 * u2(at);
    at = afterMembers(at);
    body.bytes(in, constantsEnd, at - constantsEnd);
    int methods = u2(at);
    int countAt = body.size();
    body.u2(methods);
    at += 2;
    for (int i = 0; i < methods; i++) {
      int end = afterMember(at);
      int hook = hookOf(u2(at + 2), u2(at + 4));
      if (hook < 0) {
        body.bytes(in, at, end - at);
      } else {
        writeMethod(body, at, hooks.get(hook));
        applied[hook] = true;
      }
      at = end;
    }
    for (int i = 0; i < applied.length; i++) {
      if (!applied[i] && hooks.get(i).inherited) {
        writeInherited(body, hooks.get(i));
        applied[i] = true;
        methods++;
      }
    }
    body.setU2(countAt, methods);
    body.bytes(in, at, in.length - at);
    Bytes out = new Bytes(in.length + 2048);
    out.bytes(in, 0, 8);
    out.u2(constantCount);
    out.bytes(in, 10, constantsEnd - 10);
    added.writeTo(out);
    body.writeTo(out);
    return out.toArray();
  }

  // Constants (section 4.4).

  /** Once around for each of hundreds: nothing is called that need not be. */
  private void readConstants() throws NotSimple {
    byte[] bytes = in;
    int count = u2(8);
    int[] begins = new int[count];
    constants = begins;
    constantCount = count;
    int at = 10;
    for (int i = 1; i < count; i++) {
      int tag = bytes[at];
      begins[i] = at + 1;
      switch (tag) {
        case UTF8:
          at += 3 + ((bytes[at + 1] & 0xff) << 8 | bytes[at + 2] & 0xff);
          break;
        case CLASS:
        case 8: // String
        case 16: // MethodType
        case 19: // Module
        case 20: // Package
          at += 3;
          break;
        case 15: // MethodHandle
          at += 4;
          break;
        case 5: // Long
        case 6: // Double
          at += 9;
          i++;
          break;
        case 3: // Integer
        case 4: // Float
        case FIELD_REF:
        case METHOD_REF:
        case 11: // InterfaceMethodref
        case NAME_AND_TYPE:
        case 17: // Dynamic
        case 18: // InvokeDynamic
          at += 5;
          break;
        default:
          throw new NotSimple("a constant of kind " + tag);
      }
    }
    constantsEnd = at;
  }

  private boolean isText(int constant, String text) {
    int at = constants[constant];
    int length = (in[at] & 0xff) << 8 | in[at + 1] & 0xff;
    if (length != text.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (in[at + 2 + i] != (byte) text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int text(String value) throws IOException {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    added.u1(UTF8);
    added.u2(bytes.length);
    added.bytes(bytes, 0, bytes.length);
    return constantCount++;
  }

  private int type(String name) throws IOException {
    if (!name.equals(lastType)) {
      int text = text(name);
      added.u1(CLASS);
      added.u2(text);
      lastType = name;
      lastTypeConstant = constantCount++;
    }
    return lastTypeConstant;
  }

  private int member(int kind, String owner, String name, String descriptor) throws IOException {
    return member(kind, type(owner), name, descriptor);
  }

  private int member(int kind, int type, String name, String descriptor) throws IOException {
    int nameText = text(name);
    int descriptorText = text(descriptor);
    added.u1(NAME_AND_TYPE);
    added.u2(nameText);
    added.u2(descriptorText);
    int nameAndType = constantCount++;
    added.u1(kind);
    added.u2(type);
    added.u2(nameAndType);
    return constantCount++;
  }

  // Fields, methods and attributes (sections 4.5 to 4.7).

  private int afterMembers(int at) {
    int count = u2(at);
    int next = at + 2;
    for (int i = 0; i < count; i++) {
      next = afterMember(next);
    }
    return next;
  }

  private int afterMember(int at) {
    return afterAttributes(at + 6);
  }

  private int afterAttributes(int at) {
    int count = u2(at);
    int next = at + 2;
    for (int i = 0; i < count; i++) {
      next += 6 + u4(next + 2);
    }
    return next;
  }

  /** The number of the hook of a method; -1 when it has none. */
  private int hookOf(int name, int descriptor) {
    for (int i = 0; i < applied.length; i++) {
      Hook hook = hooks.get(i);
      if (isText(name, hook.method) && isText(descriptor, hook.descriptor)) {
        return i;
      }
    }
    return -1;
  }

  /** A method that calls back, and then the one that the class inherits (section 4.6). */
  private void writeInherited(Bytes out, Hook hook) throws IOException {
    Bytes code = new Bytes(64);
    for (int i = 0; i < hook.callbacks.size(); i++) {
      Hook.Callback callback = hook.callbacks.get(i);
      for (int j = 0; j < callback.values.length; j++) {
        Value value = callback.values[j];
        if (value.source != Value.ARGUMENT || value.path.length > 0) {
          throw new NotSimple("a value of an inherited method");
        }
        code.local(ALOAD, 1 + value.argument);
      }
      code.instruction(
          INVOKESTATIC, member(METHOD_REF, callback.owner, callback.name, callback.descriptor));
    }
    code.local(ALOAD, 0);
    int slots = 1;
    int at = 1;
    while (hook.descriptor.charAt(at) != ')') {
      char type = hook.descriptor.charAt(at);
      if (type != 'L' && type != 'Z') {
        throw new NotSimple("an argument of type " + type);
      }
      code.local(type == 'L' ? ALOAD : ILOAD, slots++);
      at = type == 'L' ? hook.descriptor.indexOf(';', at) + 1 : at + 1;
    }
    if (hook.descriptor.charAt(at + 1) != 'L') {
      throw new NotSimple("an inherited method without a result");
    }
    int superType = u2(constantsEnd + 4);
    code.instruction(INVOKESPECIAL, member(METHOD_REF, superType, hook.method, hook.descriptor));
    code.u1(ARETURN);
    out.u2(PUBLIC | SYNTHETIC);
    out.u2(text(hook.method));
    out.u2(text(hook.descriptor));
    out.u2(1);
    out.u2(text("Code"));
    out.u4(12 + code.size());
    out.u2(slots);
    out.u2(slots);
    out.u4(code.size());
    code.writeTo(out);
    // No handlers, no attributes.
    out.u4(0);
  }

  private void writeMethod(Bytes out, int at, Hook hook) throws IOException {
    boolean isStatic = (u2(at) & STATIC) != 0;
    out.bytes(in, at, 8);
    int attributes = u2(at + 6);
    int next = at + 8;
    boolean hasCode = false;
    for (int i = 0; i < attributes; i++) {
      int end = next + 6 + u4(next + 2);
      if (isText(u2(next), "Code")) {
        hasCode = true;
        byte[] code = new Code(next + 6, isStatic, hook).patched();
        out.u2(u2(next));
        out.u4(code.length);
        out.bytes(code, 0, code.length);
      } else {
        out.bytes(in, next, end - next);
      }
      next = end;
    }
    if (!hasCode) {
      throw new NotSimple("a method without code");
    }
  }

  /** The Code attribute of one method (section 4.7.3). */
  private final class Code {
    private final int maxStack;
    private final int maxLocals;
    private final int length;
    private final int start;
    private final boolean isStatic;
    private final Hook hook;
    private int mostStack;

    // Where the calls at the exit begin and end, and what follows when one of them throws.
    private int guardedFrom;
    private int guardedTo;
    private int handler;

    Code(int at, boolean isStatic, Hook hook) {
      maxStack = u2(at);
      maxLocals = u2(at + 2);
      length = u4(at + 4);
      start = at + 8;
      this.isStatic = isStatic;
      this.hook = hook;
    }

    byte[] patched() throws IOException {
      for (int i = 0; i < hook.callbacks.size() - 1; i++) {
        if (hook.callbacks.get(i).at != Hook.ENTRY) {
          throw new NotSimple("an exit that is not the last callback");
        }
      }
      if (hook.callbacks.get(hook.callbacks.size() - 1).at == Hook.THROW) {
        throw new NotSimple("an exception");
      }
      Bytes entry = entry();
      Bytes exit = hasExit() ? exit(entry.size() + length - 1) : null;
      // The exit takes the place of the return, the method's last byte.
      int newLength = entry.size() + length + (exit == null ? 0 : exit.size() - 1);
      if (newLength > MOST_CODE) {
        throw new NotSimple("a method that is too long");
      }
      Bytes out = new Bytes(length + 1024);
      out.u2(maxStack + mostStack);
      out.u2(maxLocals + 1);
      out.u4(newLength);
      entry.writeTo(out);
      out.bytes(in, start, exit == null ? length : length - 1);
      if (exit != null) {
        exit.writeTo(out);
      }
      int at = writeExceptions(out, entry.size());
      writeAttributes(out, at, entry.size(), newLength);
      return out.toArray();
    }

    private boolean hasExit() {
      return hook.callbacks.get(hook.callbacks.size() - 1).at == Hook.EXIT;
    }

    /** What comes before the first instruction: a multiple of 4, as a switch's padding wants it. */
    private Bytes entry() throws IOException {
      Bytes code = new Bytes(64);
      for (int i = 0; i < hook.callbacks.size(); i++) {
        Hook.Callback callback = hook.callbacks.get(i);
        if (callback.at == Hook.ENTRY) {
          call(code, callback);
          if (callback.replacesArgument >= 0) {
            String type = argument(callback.replacesArgument);
            code.instruction(CHECKCAST, type(type.substring(1, type.length() - 1)));
            code.local(ASTORE, slot(callback.replacesArgument));
          }
        }
      }
      while (code.size() % 4 != 0) {
        code.u1(NOP);
      }
      return code;
    }

    /**
     * Instead of the one return of a method without branches: keeps the result, calls, and returns
     * it. What a getter throws, of a library's version that nobody knew, goes to the callback's
     * class and not to the application.
     */
    private Bytes exit(int offset) throws IOException {
      Bytes code = new Bytes(64);
      int last = in[start + length - 1] & 0xff;
      Hook.Callback callback = hook.callbacks.get(hook.callbacks.size() - 1);
      boolean isVoid = hook.descriptor.endsWith(")V");
      if (last != (isVoid ? RETURN : ARETURN) || callback.replacesResult || branches()) {
        throw new NotSimple("this exit");
      }
      if (isVoid) {
        call(code, callback);
        code.u1(RETURN);
        return code;
      }
      code.local(ASTORE, maxLocals);
      guardedFrom = offset + code.size();
      call(code, callback);
      guardedTo = offset + code.size();
      code.local(ALOAD, maxLocals);
      code.u1(ARETURN);
      handler = offset + code.size();
      code.instruction(
          INVOKESTATIC, member(METHOD_REF, callback.owner, "unreadable", "(Ljava/lang/Object;)V"));
      code.local(ALOAD, maxLocals);
      code.u1(ARETURN);
      return code;
    }

    /** Where code branches, or catches, it has a stack map. */
    private boolean branches() {
      int at = start + length;
      if (u2(at) > 0) {
        return true;
      }
      at += 2;
      int count = u2(at);
      at += 2;
      for (int i = 0; i < count; i++) {
        if (isText(u2(at), "StackMapTable")) {
          return true;
        }
        at += 6 + u4(at + 2);
      }
      return false;
    }

    private void call(Bytes code, Hook.Callback callback) throws IOException {
      int stack = 0;
      for (int i = 0; i < callback.values.length; i++) {
        Value value = callback.values[i];
        if (value.path.length > 0 && callback.at == Hook.ENTRY) {
          throw new NotSimple("a getter at an entry");
        }
        load(code, value);
        // The widest value takes two.
        stack += 2;
      }
      mostStack = Math.max(mostStack, stack + 1);
      code.instruction(
          INVOKESTATIC, member(METHOD_REF, callback.owner, callback.name, callback.descriptor));
    }

    private void load(Bytes code, Value value) throws IOException {
      if (value.source == Value.SELF) {
        code.local(ALOAD, 0);
      } else if (value.source == Value.RESULT) {
        code.local(ALOAD, maxLocals);
      } else {
        char type = argument(value.argument).charAt(0);
        if (type != 'L' && type != '[') {
          throw new NotSimple("an argument that is no object");
        }
        code.local(ALOAD, slot(value.argument));
      }
      for (int i = 0; i < value.path.length; i++) {
        Value.Step step = value.path[i];
        code.instruction(
            step.field ? GETFIELD : INVOKEVIRTUAL,
            member(step.field ? FIELD_REF : METHOD_REF, step.owner, step.name, step.descriptor));
      }
    }

    private int slot(int argument) {
      int slot = isStatic ? 0 : 1;
      for (int i = 0; i < argument; i++) {
        char type = argument(i).charAt(0);
        slot += type == 'J' || type == 'D' ? 2 : 1;
      }
      return slot;
    }

    /** The descriptor of the method's argument of this number. */
    private String argument(int number) {
      int at = 1;
      for (int i = 0; ; i++) {
        int end = at;
        while (hook.descriptor.charAt(end) == '[') {
          end++;
        }
        end = hook.descriptor.charAt(end) == 'L' ? hook.descriptor.indexOf(';', end) + 1 : end + 1;
        if (i == number) {
          return hook.descriptor.substring(at, end);
        }
        at = end;
      }
    }

    /**
     * @return where the attributes of the code begin
     */
    private int writeExceptions(Bytes out, int shift) throws IOException {
      int at = start + length;
      int count = u2(at);
      out.u2(handler > 0 ? 1 : count);
      at += 2;
      for (int i = 0; i < count; i++) {
        out.u2(u2(at) + shift);
        out.u2(u2(at + 2) + shift);
        out.u2(u2(at + 4) + shift);
        out.u2(u2(at + 6));
        at += 8;
      }
      if (handler > 0) {
        out.u2(guardedFrom);
        out.u2(guardedTo);
        out.u2(handler);
        out.u2(0);
      }
      return at;
    }

    private void writeAttributes(Bytes out, int from, int shift, int newLength) throws IOException {
      int count = u2(from);
      int at = from + 2;
      out.u2(handler > 0 ? count + 1 : count);
      if (handler > 0) {
        writeHandlersFrame(out);
      }
      for (int i = 0; i < count; i++) {
        int name = u2(at);
        int size = u4(at + 2);
        out.u2(name);
        if (isText(name, "StackMapTable")) {
          byte[] frames = frames(at + 6, shift);
          out.u4(frames.length);
          out.bytes(frames, 0, frames.length);
        } else if (isText(name, "LineNumberTable")) {
          writeLines(out, at + 6, size, shift);
        } else if (isText(name, "LocalVariableTable") || isText(name, "LocalVariableTypeTable")) {
          writeVariables(out, at + 6, size, shift, newLength);
        } else {
          out.u4(size);
          out.bytes(in, at + 6, size);
        }
        at += 6 + size;
      }
    }

    /** Section 4.7.12. */
    private void writeLines(Bytes out, int at, int size, int shift) throws IOException {
      out.u4(size);
      int copy = out.size();
      out.bytes(in, at, size);
      out.shift(copy + 2, u2(at), 4, shift);
    }

    /** Sections 4.7.13 and 4.7.14; what lived to the method's end still does. */
    private void writeVariables(Bytes out, int at, int size, int shift, int newLength)
        throws IOException {
      out.u4(size);
      int copy = out.size();
      out.bytes(in, at, size);
      int rows = u2(at);
      out.shift(copy + 2, rows, 10, shift);
      for (int i = 0; i < rows; i++) {
        int row = 2 + i * 10;
        int from = u2(at + row);
        if (from + u2(at + row + 2) == length) {
          out.setU2(copy + row + 2, newLength - from - shift);
        }
      }
    }

    /** A stack map of one full frame (section 4.7.4): the result kept, a Throwable on the stack. */
    private void writeHandlersFrame(Bytes out) throws IOException {
      String result = hook.descriptor.substring(hook.descriptor.indexOf(')') + 1);
      int resultType =
          type(result.charAt(0) == 'L' ? result.substring(1, result.length() - 1) : result);
      int throwable = type("java/lang/Throwable");
      out.u2(text("StackMapTable"));
      out.u4(2 + 3 + 2 + maxLocals + 3 + 2 + 3);
      out.u2(1);
      out.u1(FULL_FRAME);
      out.u2(handler);
      out.u2(maxLocals + 1);
      for (int i = 0; i < maxLocals; i++) {
        out.u1(TOP);
      }
      out.u1(OBJECT);
      out.u2(resultType);
      out.u2(1);
      out.u1(OBJECT);
      out.u2(throwable);
    }

    /** The stack map with everything moved: the first frame, and what points into the code. */
    private byte[] frames(int from, int shift) throws IOException {
      Bytes out = new Bytes(256);
      int count = u2(from);
      out.u2(count);
      int at = from + 2;
      for (int i = 0; i < count; i++) {
        int moved = i == 0 ? shift : 0;
        int kind = in[at++] & 0xff;
        if (kind < 64) {
          if (kind + moved < 64) {
            out.u1(kind + moved);
          } else {
            out.u1(SAME_EXTENDED);
            out.u2(kind + moved);
          }
        } else if (kind < 128) {
          if (kind + moved < 128) {
            out.u1(kind + moved);
          } else {
            out.u1(ONE_ON_STACK_EXTENDED);
            out.u2(kind - 64 + moved);
          }
          at = types(out, at, 1, shift);
        } else if (kind < ONE_ON_STACK_EXTENDED) {
          throw new NotSimple("a frame of kind " + kind);
        } else {
          out.u1(kind);
          out.u2(u2(at) + moved);
          at += 2;
          if (kind == ONE_ON_STACK_EXTENDED) {
            at = types(out, at, 1, shift);
          } else if (kind == FULL_FRAME) {
            for (int part = 0; part < 2; part++) {
              int size = u2(at);
              out.u2(size);
              at = types(out, at + 2, size, shift);
            }
          } else if (kind > SAME_EXTENDED) {
            at = types(out, at, kind - SAME_EXTENDED, shift);
          }
        }
      }
      return out.toArray();
    }

    private int types(Bytes out, int from, int count, int shift) throws IOException {
      int at = from;
      for (int i = 0; i < count; i++) {
        int tag = in[at++] & 0xff;
        out.u1(tag);
        if (tag == OBJECT || tag == UNINITIALIZED) {
          out.u2(u2(at) + (tag == UNINITIALIZED ? shift : 0));
          at += 2;
        }
      }
      return at;
    }
  }

  /** Bytes in the making, the most significant first. */
  private static final class Bytes {
    private byte[] all;
    private int size;

    Bytes(int expected) {
      all = new byte[expected];
    }

    int size() {
      return size;
    }

    private void room(int more) {
      if (size + more > all.length) {
        all = Arrays.copyOf(all, Math.max(size + more, all.length * 2));
      }
    }

    void u1(int value) {
      if (size == all.length) {
        room(1);
      }
      all[size++] = (byte) value;
    }

    void u2(int value) {
      if (size + 2 > all.length) {
        room(2);
      }
      all[size++] = (byte) (value >> 8);
      all[size++] = (byte) value;
    }

    void u4(int value) {
      u2(value >> 16);
      u2(value);
    }

    void bytes(byte[] from, int offset, int length) {
      room(length);
      System.arraycopy(from, offset, all, size, length);
      size += length;
    }

    void setU2(int at, int value) {
      all[at] = (byte) (value >> 8);
      all[at + 1] = (byte) value;
    }

    /** Adds to the first two bytes of each row; hundreds, and nothing is called for one. */
    void shift(int from, int rows, int width, int by) {
      byte[] bytes = all;
      int end = from + rows * width;
      for (int at = from; at < end; at += width) {
        int value = ((bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff) + by;
        bytes[at] = (byte) (value >> 8);
        bytes[at + 1] = (byte) value;
      }
    }

    void instruction(int opcode, int constant) {
      u1(opcode);
      u2(constant);
    }

    /** Methods with more than 255 local variables are not simple. */
    void local(int opcode, int slot) throws NotSimple {
      if (slot > 255) {
        throw new NotSimple("local variable " + slot);
      }
      u1(opcode);
      u1(slot);
    }

    void writeTo(Bytes out) {
      out.bytes(all, 0, size);
    }

    byte[] toArray() {
      return Arrays.copyOf(all, size);
    }
  }

  private int u2(int at) {
    return (in[at] & 0xff) << 8 | in[at + 1] & 0xff;
  }

  private int u4(int at) {
    return in[at] << 24 | (in[at + 1] & 0xff) << 16 | (in[at + 2] & 0xff) << 8 | in[at + 3] & 0xff;
  }
}
