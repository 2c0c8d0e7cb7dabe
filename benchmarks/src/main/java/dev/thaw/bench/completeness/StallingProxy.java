package dev.thaw.bench.completeness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Stands between agents and collector, on this machine: passes bytes on, and at times holds them
 * back, as a network in trouble does. Thread-safe.
 */
final class StallingProxy implements AutoCloseable {

  private static final int CONNECT_MS = 1000;

  private final ServerSocket server;
  private final InetSocketAddress target;
  private boolean stalled;

  StallingProxy(int targetPort) throws IOException {
    server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    target = new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort);
    daemon(this::accept, "proxy");
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  synchronized void stall(boolean on) {
    stalled = on;
    notifyAll();
  }

  private synchronized void pass() {
    while (stalled) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        daemon(() -> connect(client), "proxy-connect");
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void connect(Socket client) {
    pass();
    try {
      Socket collector = new Socket();
      collector.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      collector.connect(target, CONNECT_MS);
      daemon(() -> copy(client, collector), "proxy-up");
      copy(collector, client);
    } catch (IOException e) {
      close(client);
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] bytes = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        pass();
        out.write(bytes, 0, read);
      }
    } catch (IOException e) {
      // One side is gone; the other learns it.
    } finally {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  @Override
  public void close() throws IOException {
    stall(false);
    server.close();
  }
}
