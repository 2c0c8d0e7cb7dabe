package dev.thaw.samples.aws;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Tells the customer that the order is on its way. Works on the raw streams. */
public final class Notify implements RequestStreamHandler {

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    String order = new String(input.readAllBytes(), StandardCharsets.UTF_8);
    context.getLogger().log("Mail sent for " + order);
    output.write("{\"sent\":true}".getBytes(StandardCharsets.UTF_8));
  }
}
