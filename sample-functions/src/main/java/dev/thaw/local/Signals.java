package dev.thaw.local;

import com.sun.jna.Library;
import com.sun.jna.Native;

/**
 * Sends POSIX signals to processes that the platform started itself.
 *
 * <p>A system call rather than the kill program: a freeze and a thaw surround every warm
 * invocation, and starting a process for each would cost milliseconds.
 */
final class Signals {

  private static final int SIGKILL = 9;
  private static final int SIGTERM = 15;
  private static final int SIGCONT = 18;
  private static final int SIGSTOP = 19;

  private Signals() {}

  /** The part of the C library that is needed. */
  interface CLibrary extends Library {
    CLibrary C = Native.load("c", CLibrary.class);

    int kill(int pid, int signal);
  }

  static void freeze(Process process) {
    send(process, SIGSTOP);
  }

  static void thaw(Process process) {
    send(process, SIGCONT);
  }

  static void terminate(Process process) {
    send(process, SIGTERM);
  }

  static void kill(Process process) {
    send(process, SIGKILL);
  }

  /** Nothing is sent to a process that has ended: its id may belong to somebody else by now. */
  private static void send(Process process, int signal) {
    if (process.isAlive()) {
      CLibrary.C.kill((int) process.pid(), signal);
    }
  }
}
