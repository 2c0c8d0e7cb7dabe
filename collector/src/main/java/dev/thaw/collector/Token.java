package dev.thaw.collector;

import dev.thaw.collector.serve.Tokens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** {@code ./thaw token}: makes a token and adds its hash to the collector's file of tokens. */
public final class Token {

  private static final String USAGE =
      """
      ./thaw token ingest NAME [--file FILE]
      ./thaw token read NAME [--file FILE]

      Makes a token, prints it once, and adds its hash to a file. A collector that was started with
      THAW_TOKENS=FILE takes it from then on; remove the line and it takes it no longer.
        ingest       to send spans, as «Authorization: Bearer ...»:
                     OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer TOKEN"
        read         to log in to the dashboard, and to ask the API and /metrics
        edit         to do what read does, and to change alert rules and silences
        NAME         for people: who has it; without spaces
        --file FILE  default THAW_TOKENS, or .thaw/tokens
      """;

  private Token() {}

  public static void main(String[] args) {
    boolean named = args.length == 4 && args[2].equals("--file");
    boolean isKnown = args.length > 0 && (args[0].matches("ingest|read|edit"));
    if (!isKnown || args.length != 2 && !named) {
      boolean isHelp = args.length > 0 && args[0].matches("--help|-h");
      (isHelp ? System.out : System.err).print(USAGE);
      System.exit(isHelp ? 0 : 2);
    }
    if (!args[1].matches("[^\\s#]+")) {
      System.err.println("thaw token: a name has no spaces and no #");
      System.exit(2);
    }
    String file = named ? args[3] : System.getenv().getOrDefault("THAW_TOKENS", ".thaw/tokens");
    try {
      Tokens.Kind kind = Tokens.Kind.valueOf(args[0].toUpperCase(Locale.ROOT));
      System.out.println(Tokens.add(Path.of(file), kind, args[1]));
      System.err.println("Its hash is in " + file + "; it is shown only now.");
    } catch (IOException e) {
      System.err.println("thaw token: " + file + " can't be written: " + e.getMessage());
      System.exit(1);
    }
  }
}
