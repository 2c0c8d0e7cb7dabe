package dev.thaw.agent.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes each request as one line of standard output, for environments that may only log: {@code
 * thaw-otlp 1 }, and the request deflated (RFC 1950), in Base64. {@code ./thaw import} reads such
 * lines back from a log.
 */
final class StdoutLines implements Outlet {

  static final String PREFIX = "thaw-otlp 1 ";

  @Override
  public String name() {
    return "standard output";
  }

  @Override
  public Result send(byte[] request, long deadlineNanoTime) {
    System.out.println(line(request));
    return Result.TAKEN;
  }

  static String line(byte[] request) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(request.length / 2 + 64);
    Deflater deflater = new Deflater();
    try (DeflaterOutputStream out = new DeflaterOutputStream(packed, deflater)) {
      out.write(request);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } finally {
      deflater.end();
    }
    byte[] text = Base64.getEncoder().encode(packed.toByteArray());
    return PREFIX.concat(new String(text, StandardCharsets.ISO_8859_1));
  }

  @Override
  public boolean post(byte[] request) {
    return false;
  }

  @Override
  public boolean hasAnswer() {
    return false;
  }

  @Override
  public Result answer(long deadlineNanoTime) {
    return Result.TAKEN;
  }

  @Override
  public void abort() {}

  @Override
  public void restored() {}
}
