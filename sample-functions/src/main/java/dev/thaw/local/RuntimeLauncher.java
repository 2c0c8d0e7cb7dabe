package dev.thaw.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * Starts AWS's runtime interface client for a function, as the managed Java runtime does: the
 * client's own jars on the class path, the task root as current folder, Lambda's JVM flags and
 * environment variables.
 */
public final class RuntimeLauncher {

  private static final String MAIN = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
  private static final String JNI_PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  /**
   * What the JVM may use of the function's memory; the rest is for its own metadata and threads.
   */
  private static final double HEAP_SHARE = 0.8;

  private final PlatformOptions options;
  private final String classPath;
  private final Path nativeClient;
  private final String executionEnvironment;
  private final Map<String, Map<String, String>> perFunction;

  /**
   * @param perFunction variables by function name that the platform adds, such as the addresses of
   *     its services
   */
  public RuntimeLauncher(PlatformOptions options, Map<String, Map<String, String>> perFunction)
      throws IOException {
    this.options = options;
    this.perFunction = perFunction;
    List<Path> jars = jars(options.runtime());
    classPath = String.join(":", jars.stream().map(Path::toString).toList());
    nativeClient = unpackNativeClient(jars, options.workDir());
    executionEnvironment = "AWS_Lambda_java" + javaFeature(options.javaHome());
    Files.createDirectories(options.workDir().resolve("logs"));
  }

  /**
   * Starts one environment.
   *
   * @param environmentId names its log
   * @param runtimeApi host and port of its Runtime API
   * @param taskRoot where the function's code lies: classes, and jars in lib
   */
  public Process launch(
      FunctionConfig function, String environmentId, String runtimeApi, Path taskRoot)
      throws IOException {
    return launch(List.of(), function, environmentId, runtimeApi, taskRoot);
  }

  /**
   * Like the other, by way of another program.
   *
   * @param by what stands before the command, such as {@code taskset -c 0}
   */
  public Process launch(
      List<String> by,
      FunctionConfig function,
      String environmentId,
      String runtimeApi,
      Path taskRoot)
      throws IOException {
    // As on Lambda, the temporary folder belongs to the environment and outlives its processes.
    Path temporary =
        Files.createDirectories(options.workDir().resolve("tmp").resolve(environmentId));
    List<String> command = new ArrayList<>(by);
    command.addAll(
        List.of(
            options.javaHome().resolve("bin/java").toString(),
            // The JVM sizes its first heap by the machine's memory, which on Lambda is the
            // function's.
            "-XX:MaxRAM=" + function.memoryMb() + "m",
            "-XX:MaxHeapSize=" + (long) (function.memoryMb() * HEAP_SHARE) + "m",
            "-XX:+UseSerialGC",
            "-XX:+TieredCompilation",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Djava.io.tmpdir=" + temporary,
            "-D" + JNI_PROPERTY + "=" + nativeClient,
            "-cp",
            classPath,
            MAIN,
            function.handler()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(taskRoot.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(
        ProcessBuilder.Redirect.appendTo(
            options.workDir().resolve("logs").resolve(environmentId + ".log").toFile()));
    Map<String, String> variables = builder.environment();
    String path = variables.get("PATH");
    variables.clear();
    variables.put("PATH", path == null ? "/usr/bin:/bin" : path);
    variables.put("LANG", "en_US.UTF-8");
    variables.put("TZ", ":UTC");
    variables.put("_HANDLER", function.handler());
    variables.put("AWS_LAMBDA_RUNTIME_API", runtimeApi);
    variables.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
    variables.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memoryMb()));
    variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.name());
    variables.put("AWS_LAMBDA_LOG_STREAM_NAME", environmentId);
    variables.put("AWS_EXECUTION_ENV", executionEnvironment);
    variables.put("AWS_REGION", Arns.REGION);
    variables.put("AWS_DEFAULT_REGION", Arns.REGION);
    // The key names the function, as a role's key would: that is how the Invoke API knows who
    // calls.
    variables.put("AWS_ACCESS_KEY_ID", InvokeApi.accessKey(function.name()));
    variables.put("AWS_SECRET_ACCESS_KEY", "local");
    variables.put("AWS_SESSION_TOKEN", "local");
    variables.put("LAMBDA_TASK_ROOT", taskRoot.toString());
    variables.put("LAMBDA_RUNTIME_DIR", options.runtime().toString());
    variables.putAll(options.environment());
    if (options.agent() != null) {
      variables.put("JAVA_TOOL_OPTIONS", "-javaagent:" + options.agent());
    }
    variables.putAll(perFunction.getOrDefault(function.name(), Map.of()));
    return builder.start();
  }

  private static List<Path> jars(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(jars::add);
      }
    }
    if (jars.isEmpty()) {
      throw new IllegalArgumentException(
          "No runtime interface client in " + folder + ". Build it with: mvn -DskipTests package");
    }
    return jars;
  }

  /**
   * The client would unpack its native library to one fixed place in /tmp, where two starting
   * processes overwrite it under each other. The managed runtime names a file instead, and so do
   * we.
   */
  private static Path unpackNativeClient(List<Path> jars, Path workDir) throws IOException {
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String entry =
        "jni/libaws-lambda-jni.linux-" + (arch.equals("aarch64") ? "aarch_64" : "x86_64") + ".so";
    for (Path jar : jars) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        if (zip.getEntry(entry) != null) {
          Files.createDirectories(workDir);
          Path target = workDir.resolve("libaws-lambda-jni.so");
          try (InputStream in = zip.getInputStream(zip.getEntry(entry))) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
          }
          return target;
        }
      }
    }
    throw new IllegalArgumentException(
        "The runtime interface client has no native library for this machine (" + entry + ")");
  }

  private static String javaFeature(Path javaHome) throws IOException {
    Path release = javaHome.resolve("release");
    if (!Files.exists(release)) {
      return Integer.toString(Runtime.version().feature());
    }
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(release)) {
      properties.load(in);
    }
    String version = properties.getProperty("JAVA_VERSION", "").replace("\"", "");
    int dot = version.indexOf('.');
    return dot < 0 ? version : version.substring(0, dot);
  }
}
