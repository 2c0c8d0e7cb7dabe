package dev.thaw.collector.serve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One request as it is written, also as no client would write it, and its whole answer. */
final class RawHttp {

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

  private RawHttp() {}

  /** Does not wait for the server to close the connection, which takes it some seconds. */
  static String answer(int port, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      byte[] some = new byte[4096];
      for (int read = in.read(some);
          read >= 0;
          read = isWhole(answer.toString(StandardCharsets.ISO_8859_1)) ? -1 : in.read(some)) {
        answer.write(some, 0, read);
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }

  /** RFC 9112, section 6.3. */
  private static boolean isWhole(String answer) {
    int end = answer.indexOf(END_OF_HEAD);
    if (end < 0) {
      return false;
    }
    Matcher length = LENGTH.matcher(answer.substring(0, end + 2));
    int body = end + END_OF_HEAD.length();
    return length.find()
        ? answer.length() - body >= Integer.parseInt(length.group(1))
        : answer.endsWith(LAST_CHUNK);
  }
}
