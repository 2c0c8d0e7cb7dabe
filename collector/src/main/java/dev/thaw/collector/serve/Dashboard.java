package dev.thaw.collector.serve;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.file.FileService;
import com.linecorp.armeria.server.file.HttpFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The dashboard's files from the jar. Every address that is no file is a page, and gets the one
 * HTML document.
 */
public final class Dashboard {

  private static final String ROOT = "/dashboard";

  private Dashboard() {}

  public static void addTo(ServerBuilder server) {
    FileService assets =
        FileService.builder(Dashboard.class.getClassLoader(), ROOT + "/assets")
            // Their names carry a hash of their content.
            .addHeader(HttpHeaderNames.CACHE_CONTROL, "public, max-age=31536000, immutable")
            .serveCompressedFiles(true)
            .build();
    server.serviceUnder("/assets/", assets);
    server.service(
        "/favicon.svg",
        HttpFile.of(Dashboard.class.getClassLoader(), ROOT + "/favicon.svg").asService());
    byte[] html = html();
    HttpService page =
        (context, request) -> {
          if (context.path().startsWith("/api/")) {
            return JsonService.error(
                HttpStatus.NOT_FOUND, "No such address; see /api/v1/openapi.yaml");
          }
          return HttpResponse.of(
              ResponseHeaders.builder(HttpStatus.OK)
                  .contentType(MediaType.HTML_UTF_8)
                  .set(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                  .build(),
              HttpData.wrap(html));
        };
    server.serviceUnder("/", page);
  }

  private static byte[] html() {
    try (InputStream in = Dashboard.class.getResourceAsStream(ROOT + "/index.html")) {
      if (in == null) {
        return "The dashboard is missing from this build: run mvn package from the top.\n"
            .getBytes();
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
