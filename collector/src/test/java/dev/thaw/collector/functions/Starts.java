package dev.thaw.collector.functions;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.ClassUtils;
import org.xml.sax.SAXException;

/** Functions that are slow to start, each for one reason. They run on the real runtime. */
public final class Starts {

  private Starts() {}

  /** Asks a server something before the first request. */
  public static final class Network {
    private static final int ANSWER = ask();

    private static int ask() {
      try (Socket socket = new Socket("127.0.0.1", Integer.parseInt(System.getenv("SLOW_PORT")));
          InputStream in = socket.getInputStream()) {
        return in.read();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    public String handle(Map<String, Object> event) {
      return "answer " + ANSWER;
    }
  }

  /** Compiles an XML schema. */
  public static final class SchemaParsed {
    private static final Schema SCHEMA = schema();

    private static Schema schema() {
      StringBuilder types = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        types.append("<xs:element name='e").append(i).append("' type='xs:dateTime'/>");
      }
      try {
        return SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
            .newSchema(
                new StreamSource(
                    new StringReader(
                        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>"
                            + types
                            + "</xs:schema>")));
      } catch (SAXException e) {
        throw new IllegalStateException(e);
      }
    }

    public String handle(Map<String, Object> event) {
      return SCHEMA.getClass().getSimpleName();
    }
  }

  /** Lets Spring look for its components. */
  public static final class Scan {
    private final AnnotationConfigApplicationContext context =
        new AnnotationConfigApplicationContext("dev.thaw.collector.functions.scanned");

    public String handle(Map<String, Object> event) {
      return String.join(",", context.getBeanNamesForType(Object.class));
    }
  }

  /** Fills a connection pool. */
  public static final class Pool {
    private static final HikariDataSource POOL = pool();

    private static HikariDataSource pool() {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl("jdbc:h2:mem:pool");
      config.setMinimumIdle(5);
      return new HikariDataSource(config);
    }

    public String handle(Map<String, Object> event) {
      return POOL.getPoolName();
    }
  }

  /** Counts primes before anybody asks for one. */
  public static final class OwnWork {
    private static final int PRIMES = primes();

    private static int primes() {
      int primes = 0;
      for (int number = 2; number < 60_000; number++) {
        int divisor = 2;
        while (divisor < number && number % divisor != 0) {
          divisor++;
        }
        primes += divisor == number ? 1 : 0;
      }
      return primes;
    }

    public String handle(Map<String, Object> event) {
      return "primes " + PRIMES;
    }
  }

  /** What the runtime makes an object mapper for; it knows beans, but no records. */
  public static final class Order {
    private String id = "none";

    public void setId(String id) {
      this.id = id;
    }
  }

  /** Does nothing itself; its event is an object. */
  public static final class Typed {
    public String handle(Order event) {
      return "order " + event.id;
    }
  }

  /** Lets a library look which of all its classes are there, as it does for some of them itself. */
  public static final class Library {
    private final int present = present();

    private static int present() {
      int present = 0;
      try (JarFile jar =
          new JarFile(
              ClassUtils.class.getProtectionDomain().getCodeSource().getLocation().getPath())) {
        for (JarEntry entry : Collections.list(jar.entries())) {
          String name = entry.getName();
          if (name.startsWith("org/springframework/") && name.endsWith(".class")) {
            String type = name.substring(0, name.length() - ".class".length()).replace('/', '.');
            present += ClassUtils.isPresent(type, Library.class.getClassLoader()) ? 1 : 0;
          }
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return present;
    }

    public String handle(Map<String, Object> event) {
      return present + " classes";
    }
  }

  /** Reads a file of settings, many times as large as it need be. */
  public static final class DataFile {
    private static final Properties DATA = read();

    private static Properties read() {
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 150_000; i++) {
        lines.append("key").append(i).append(" = value\\u0041 ").append(i).append('\n');
      }
      Properties data = new Properties();
      try {
        data.load(
            new java.io.ByteArrayInputStream(
                lines.toString().getBytes(StandardCharsets.ISO_8859_1)));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return data;
    }

    public String handle(Map<String, Object> event) {
      return "settings " + DATA.size();
    }
  }
}
