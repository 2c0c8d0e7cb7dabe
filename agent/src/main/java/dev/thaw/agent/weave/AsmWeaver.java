package dev.thaw.agent.weave;

import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * Weaves any hook, with Byte Buddy's ASM: for what is too much for {@link Patch}, and off the start
 * of functions that need none of it. For one class; not thread-safe.
 */
final class AsmWeaver {

  private final List<Hook> ofClass;

  AsmWeaver(List<Hook> ofClass) {
    this.ofClass = ofClass;
  }

  /**
   * @param loader where the types of getters are looked up
   * @throws IllegalStateException when a method or a getter is missing; its message is for people
   */
  byte[] weave(byte[] bytes, @Nullable ClassLoader loader) throws ClassNotFoundException {
    checkGetters(loader);
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    HookingVisitor visitor = new HookingVisitor(writer, ofClass, reader);
    reader.accept(visitor, 0);
    int missing = 0;
    for (int i = 0; i < ofClass.size(); i++) {
      missing += visitor.applied[i] || ofClass.get(i).optional ? 0 : 1;
    }
    if (missing > 0) {
      throw unknown(missing + " of " + ofClass.size() + " methods are missing");
    }
    return writer.toByteArray();
  }

  /** A getter that is missing would throw inside the application: better not to hook at all. */
  private void checkGetters(@Nullable ClassLoader loader) throws ClassNotFoundException {
    for (int i = 0; i < ofClass.size(); i++) {
      List<Hook.Callback> callbacks = ofClass.get(i).callbacks;
      for (int j = 0; j < callbacks.size(); j++) {
        Value[] values = callbacks.get(j).values;
        for (int k = 0; k < values.length; k++) {
          for (int s = 0; s < values[k].path.length; s++) {
            checkStep(values[k].path[s], loader);
          }
        }
      }
    }
  }

  private void checkStep(Value.Step step, @Nullable ClassLoader loader)
      throws ClassNotFoundException {
    Class<?> owner = Class.forName(step.owner.replace('/', '.'), false, loader);
    try {
      Class<?> type =
          step.field
              ? owner.getDeclaredField(step.name).getType()
              : owner.getMethod(step.name).getReturnType();
      String wanted = step.descriptor.substring(step.descriptor.indexOf(')') + 1);
      if (!Type.getDescriptor(type).equals(wanted)) {
        throw unknown(step.owner + "." + step.name + " is of type " + type);
      }
    } catch (ReflectiveOperationException e) {
      throw unknown("there is no " + step.owner + "." + step.name);
    }
  }

  private IllegalStateException unknown(String why) {
    return new IllegalStateException(
        "This version of "
            + ofClass.get(0).type
            + " is not known: "
            + why
            + ". It is left as it is.");
  }

  /** Finds the hooked methods of a class. */
  private static final class HookingVisitor extends ClassVisitor {
    private final List<Hook> hooks;
    private final String type;
    private final boolean hasFrames;

    /** Whether the hook at the same place in the list found its method. */
    final boolean[] applied;

    HookingVisitor(ClassVisitor next, List<Hook> hooks, ClassReader reader) {
      super(Opcodes.ASM9, next);
      this.hooks = hooks;
      type = reader.getClassName();
      // Class files know them since Java 6 (Java Virtual Machine Specification, section 4.10.1).
      hasFrames = (reader.readShort(6) & 0xffff) >= Opcodes.V1_6;
      applied = new boolean[hooks.size()];
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
      for (int i = 0; i < hooks.size(); i++) {
        Hook hook = hooks.get(i);
        if (hook.method.equals(name) && hook.descriptor.equals(descriptor)) {
          applied[i] = true;
          visitor = new CallingVisitor(visitor, access, descriptor, hook, type, hasFrames);
        }
      }
      return visitor;
    }
  }

  /** Adds the calls at the entry, before every return, and around it all for what is thrown. */
  private static final class CallingVisitor extends MethodVisitor {
    /** More local variables than any hooked method has. */
    private static final int BEYOND_ITS_LOCALS = 64;

    private final boolean isStatic;
    private final Type[] arguments;
    private final Type result;
    private final Hook hook;
    private final String type;
    private final boolean hasFrames;
    private final Label start = new Label();

    CallingVisitor(
        MethodVisitor next,
        int access,
        String descriptor,
        Hook hook,
        String type,
        boolean hasFrames) {
      super(Opcodes.ASM9, next);
      this.type = type;
      this.hasFrames = hasFrames;
      isStatic = (access & Opcodes.ACC_STATIC) != 0;
      arguments = Type.getArgumentTypes(descriptor);
      result = Type.getReturnType(descriptor);
      this.hook = hook;
    }

    @Override
    public void visitCode() {
      super.visitCode();
      for (int i = 0; i < hook.callbacks.size(); i++) {
        Hook.Callback callback = hook.callbacks.get(i);
        if (callback.at == Hook.ENTRY) {
          call(callback);
          if (callback.replacesArgument >= 0) {
            Type type = arguments[callback.replacesArgument];
            super.visitTypeInsn(Opcodes.CHECKCAST, type.getInternalName());
            super.visitVarInsn(Opcodes.ASTORE, slot(callback.replacesArgument));
          }
        }
      }
      super.visitLabel(start);
    }

    /**
     * The last handler of the method, behind its own: only what leaves the method comes to it. Of
     * the local variables it knows the object itself only, which no compiler reuses.
     */
    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      boolean catches = false;
      for (int i = 0; i < hook.callbacks.size(); i++) {
        catches |= hook.callbacks.get(i).at == Hook.THROW;
      }
      if (catches) {
        Label end = new Label();
        super.visitLabel(end);
        super.visitTryCatchBlock(start, end, end, "java/lang/Throwable");
        if (hasFrames) {
          Object[] locals = isStatic ? new Object[0] : new Object[] {type};
          super.visitFrame(
              Opcodes.F_FULL, locals.length, locals, 1, new Object[] {"java/lang/Throwable"});
        }
        super.visitVarInsn(Opcodes.ASTORE, spareSlot());
        for (int i = 0; i < hook.callbacks.size(); i++) {
          if (hook.callbacks.get(i).at == Hook.THROW) {
            call(hook.callbacks.get(i));
          }
        }
        super.visitVarInsn(Opcodes.ALOAD, spareSlot());
        super.visitInsn(Opcodes.ATHROW);
      }
      super.visitMaxs(maxStack, maxLocals);
    }

    @Override
    public void visitInsn(int opcode) {
      if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
        for (int i = 0; i < hook.callbacks.size(); i++) {
          Hook.Callback callback = hook.callbacks.get(i);
          if (callback.at == Hook.EXIT) {
            exitCall(callback);
          }
        }
      }
      super.visitInsn(opcode);
    }

    /**
     * Puts the result into a local variable of its own and takes it back afterwards. Between the
     * two nothing branches, so the method's stack maps need not know of it.
     */
    private void exitCall(Hook.Callback callback) {
      if (result.getSort() == Type.VOID) {
        call(callback);
        return;
      }
      super.visitVarInsn(result.getOpcode(Opcodes.ISTORE), spareSlot());
      call(callback);
      if (callback.replacesResult) {
        super.visitTypeInsn(Opcodes.CHECKCAST, result.getInternalName());
      } else {
        super.visitVarInsn(result.getOpcode(Opcodes.ILOAD), spareSlot());
      }
    }

    private int spareSlot() {
      return slot(arguments.length) + BEYOND_ITS_LOCALS;
    }

    private void call(Hook.Callback callback) {
      for (int i = 0; i < callback.values.length; i++) {
        load(callback.values[i]);
      }
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC, callback.owner, callback.name, callback.descriptor, false);
    }

    private void load(Value value) {
      if (value.source == Value.SELF) {
        super.visitVarInsn(Opcodes.ALOAD, 0);
      } else if (value.source == Value.THROWN) {
        super.visitVarInsn(Opcodes.ALOAD, spareSlot());
      } else if (value.source == Value.RESULT) {
        super.visitVarInsn(result.getOpcode(Opcodes.ILOAD), spareSlot());
      } else {
        super.visitVarInsn(
            arguments[value.argument].getOpcode(Opcodes.ILOAD), slot(value.argument));
      }
      follow(value);
    }

    private void follow(Value value) {
      for (int i = 0; i < value.path.length; i++) {
        Value.Step step = value.path[i];
        if (step.field) {
          super.visitFieldInsn(Opcodes.GETFIELD, step.owner, step.name, step.descriptor);
        } else {
          super.visitMethodInsn(
              Opcodes.INVOKEVIRTUAL, step.owner, step.name, step.descriptor, false);
        }
      }
    }

    private int slot(int argument) {
      int slot = isStatic ? 0 : 1;
      for (int i = 0; i < argument; i++) {
        slot += arguments[i].getSize();
      }
      return slot;
    }
  }
}
