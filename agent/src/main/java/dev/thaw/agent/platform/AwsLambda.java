package dev.thaw.agent.platform;

import dev.thaw.agent.client.Clients;
import dev.thaw.agent.coldstart.InitProfiler;
import dev.thaw.agent.export.Sending;
import dev.thaw.agent.invocation.ColdStart;
import dev.thaw.agent.invocation.FunctionIdentity;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.InvocationRecord;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.invocation.Outcome;
import dev.thaw.agent.invocation.Phase;
import dev.thaw.agent.invocation.Trigger;
import dev.thaw.agent.invocation.Usage;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import dev.thaw.agent.weave.Weaver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AWS Lambda's Java runtime: the runtime interface client.
 *
 * <p>Everything is seen at the client's conversation with the Runtime API: the answer to «next»
 * starts an invocation, the report of its result ends it, and the following «next» is the moment in
 * which the caller has its answer and the freeze has not come. Handlers of every kind pass through
 * there, so no handler is touched.
 */
public final class AwsLambda implements Platform, Sending.Host {

  private static final String SELF = "dev/thaw/agent/platform/AwsLambda";
  private static final String CLIENT = "com.amazonaws.services.lambda.runtime.api.client.";
  private static final String CLIENT_PATH = "com/amazonaws/services/lambda/runtime/api/client/";
  private static final String API_CLIENT = CLIENT + "runtimeapi.LambdaRuntimeApiClientImpl";
  private static final String APP_LOADER = CLIENT + "CustomerClassLoader";
  private static final String REQUEST = CLIENT_PATH + "runtimeapi/dto/InvocationRequest";
  private static final String ERROR = CLIENT_PATH + "runtimeapi/LambdaError";
  private static final String STRING = "Ljava/lang/String;";

  /** Lambda's quotas: a function may run for 900 seconds. */
  private static final long LONGEST_TIMEOUT_MS = 900_000;

  /** So long after a deadline no process is left that could look at the clock. */
  private static final long LATE_MS = 5_000;

  // One runtime, one agent: what the woven code calls is static, and so is what it needs.
  private static @Nullable Sending sending;
  private static @Nullable ColdStart coldStart;
  private static @Nullable InitProfiler profiler;
  private static @Nullable Weaver weaver;

  // Moments of the start, on the monotonic clock; 0 for one that did not come.
  private static long premainNanoTime;
  private static long installedNanoTime;
  private static long handlerLoadsNanoTime;
  private static long handlerFoundNanoTime;
  private static long handlerLoadedNanoTime;
  private static String initializationType = "on-demand";
  private static volatile boolean ready;
  private static long restoredNanoTime;
  private static @Nullable Thread starting;

  // How the start failed, as the runtime reported it.
  private static boolean initFailed;
  private static @Nullable Throwable initThrown;
  private static @Nullable String initErrorType;
  private static @Nullable String initErrorMessage;

  /** Whether one invocation runs at a time, so that what the process uses is its own. */
  private static boolean isAlone = true;

  private static @Nullable Usage usageBefore;

  @Override
  public boolean isHere(Map<String, String> environment) {
    return environment.containsKey("AWS_LAMBDA_RUNTIME_API")
        && environment.containsKey("AWS_LAMBDA_FUNCTION_NAME");
  }

  @Override
  public FunctionIdentity identity(Map<String, String> environment) {
    String name = environment.getOrDefault("AWS_LAMBDA_FUNCTION_NAME", "unknown");
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("faas.name", name);
    put(attributes, "faas.version", environment.get("AWS_LAMBDA_FUNCTION_VERSION"));
    put(attributes, "faas.instance", environment.get("AWS_LAMBDA_LOG_STREAM_NAME"));
    String memory = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
    if (memory != null) {
      try {
        attributes.put("faas.max_memory", Long.parseLong(memory) * 1024 * 1024);
      } catch (NumberFormatException e) {
        Log.debug("AWS_LAMBDA_FUNCTION_MEMORY_SIZE is not a number:", memory);
      }
    }
    attributes.put("cloud.provider", "aws");
    attributes.put("cloud.platform", "aws_lambda");
    put(attributes, "cloud.region", environment.get("AWS_REGION"));
    String logGroup = environment.get("AWS_LAMBDA_LOG_GROUP_NAME");
    if (logGroup != null) {
      attributes.put("aws.log.group.names", new String[] {logGroup});
    }
    return new FunctionIdentity(name, attributes);
  }

  private static void put(Map<String, Object> attributes, String key, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      attributes.put(key, value);
    }
  }

  @Override
  public boolean install(
      Map<String, String> environment,
      long premain,
      Weaver with,
      Clients clientHooks,
      Sending sender,
      long registerAfterMs,
      @Nullable InitProfiler initProfiler) {
    profiler = initProfiler;
    sending = sender;
    weaver = with;
    premainNanoTime = premain;
    initializationType =
        environment.getOrDefault("AWS_LAMBDA_INITIALIZATION_TYPE", initializationType);
    starting = Thread.currentThread();
    isAlone = environment.get("AWS_LAMBDA_MAX_CONCURRENCY") == null;
    if (!isAlone) {
      sender.livesOn();
    }
    clientHooks.install(with);
    boolean hooked =
        isRuntimeHere() && with.apply(hooks(), ClassLoader.getSystemClassLoader(), APP_LOADER);
    if (hooked) {
      sender.runsOn(this);
      String runtimeApi = environment.get("AWS_LAMBDA_RUNTIME_API");
      if (registerAfterMs >= 0 && runtimeApi != null) {
        LambdaExtension.register(runtimeApi, registerAfterMs);
      }
    }
    installedNanoTime = System.nanoTime();
    return hooked;
  }

  /**
   * Whether the runtime is on the class path. To look opens its jars, which loads many classes of
   * the JDK: not later, when a transformer would be told of each of them.
   */
  private static boolean isRuntimeHere() {
    try {
      Class.forName(
          CLIENT + "runtimeapi.LambdaRuntimeApiClient", false, ClassLoader.getSystemClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      Log.debug("not present:", e.getMessage());
      return false;
    }
  }

  private static List<Hook> hooks() {
    List<Hook> hooks = new ArrayList<>();
    if (initializationType.equals("snap-start")) {
      hooks.add(Hook.on(API_CLIENT, "restoreNext", "()V").exit(SELF, "restored", "()V"));
    }
    hooks.add(
        Hook.on(API_CLIENT, "nextInvocation", "()L" + REQUEST + ";")
            .enter(SELF, "beforeNext", "()V")
            .exit(
                SELF,
                "received",
                "(" + STRING + STRING + STRING + "J" + STRING + "[B)V",
                Value.result().call(REQUEST, "getId", "()" + STRING),
                Value.result().call(REQUEST, "getXrayTraceId", "()" + STRING),
                Value.result().call(REQUEST, "getInvokedFunctionArn", "()" + STRING),
                Value.result().call(REQUEST, "getDeadlineTimeInMs", "()J"),
                Value.result().call(REQUEST, "getClientContext", "()" + STRING),
                Value.result().call(REQUEST, "getContent", "()[B")));
    hooks.add(
        Hook.on(API_CLIENT, "reportInvocationSuccess", "(" + STRING + "[B)V")
            .enter(SELF, "succeeded", "()V")
            .exit(SELF, "delivered", "()V"));
    hooks.add(
        Hook.on(API_CLIENT, "reportInvocationError", "(" + STRING + "L" + ERROR + ";)V")
            .enter(SELF, "failed", "(Ljava/lang/Object;)V", Value.argument(1))
            .exit(SELF, "delivered", "()V"));
    hooks.add(
        Hook.on(
                CLIENT + "UserFault",
                "makeUserFault",
                "(Ljava/lang/Throwable;)L" + CLIENT_PATH + "UserFault;")
            .enter(SELF, "thrown", "(Ljava/lang/Object;)V", Value.argument(0)));
    hooks.add(
        Hook.on(
                CLIENT + "UserFault",
                "makeInitErrorUserFault",
                "(Ljava/lang/Throwable;" + STRING + ")L" + CLIENT_PATH + "UserFault;")
            .enter(SELF, "thrown", "(Ljava/lang/Object;)V", Value.argument(0)));
    hooks.add(
        Hook.on(
                CLIENT + "HandlerInfo",
                "fromString",
                "(" + STRING + "Ljava/lang/ClassLoader;)L" + CLIENT_PATH + "HandlerInfo;")
            .enter(
                SELF,
                "handlerLoads",
                "(Ljava/lang/String;Ljava/lang/Object;)V",
                Value.argument(0),
                Value.argument(1)));
    hooks.add(
        Hook.on(API_CLIENT, "reportInitError", "(L" + ERROR + ";)V")
            .enter(SELF, "startFailed", "(Ljava/lang/Object;)V", Value.argument(0)));
    // The runtime makes it of the class that it has just loaded.
    hooks.add(
        Hook.on(CLIENT + "HandlerInfo", "<init>", "(Ljava/lang/Class;" + STRING + ")V")
            .enter(SELF, "handlerLoaded", "()V"));
    return hooks;
  }

  // Called by woven code. None of these may throw.

  /**
   * The function's class is about to be loaded. The runtime loads and initialises the class in one
   * step; loading it here first, as the runtime would a moment later, is what tells the two apart.
   */
  public static void handlerLoads(@Nullable String handler, @Nullable Object loader) {
    handlerLoadsNanoTime = System.nanoTime();
    enter("load");
    try {
      if (handler != null && loader instanceof ClassLoader) {
        int method = handler.indexOf("::");
        String type = method < 0 ? handler : handler.substring(0, method);
        Class<?> found = Class.forName(type, false, (ClassLoader) loader);
        Weaver known = weaver;
        if (known != null) {
          known.loaded((ClassLoader) loader, found.getClassLoader());
        }
      }
    } catch (Throwable e) {
      // The runtime meets the same in a moment, and reports it.
      Log.debug("the handler's class could not be loaded:", e.toString());
    }
    handlerFoundNanoTime = System.nanoTime();
    enter("clinit");
  }

  private static void enter(String phase) {
    InitProfiler known = profiler;
    if (known != null) {
      known.enter(phase);
    }
  }

  /** The function's class is loaded and initialised; what follows makes the handler. */
  public static void handlerLoaded() {
    handlerLoadedNanoTime = System.nanoTime();
    enter("handler");
  }

  /**
   * The response is with the caller; the freeze comes when the runtime asks for the next
   * invocation.
   */
  public static void beforeNext() {
    try {
      if (!ready) {
        ready = true;
        coldStart = start(System.nanoTime());
        InitProfiler known = profiler;
        if (known != null) {
          known.pause();
        }
        return;
      }
      InitProfiler known = profiler;
      if (known != null) {
        known.stop();
        profiler = null;
      }
      Invocation invocation = Invocations.ofThisThread();
      Sending sender = sending;
      if (invocation != null && sender != null) {
        used(invocation);
        sender.ended(invocation);
        // Not before: a process that ends in between would take it for done with.
        Invocations.end(invocation);
        Weaver first = weaver;
        if (first != null) {
          // The caller has the first response.
          weaver = null;
          first.watchAllLoaders();
        }
        usageBefore = isAlone ? Usage.now() : null;
      }
    } catch (Throwable e) {
      Log.failure("Sending", e);
    }
  }

  private static void used(Invocation invocation) {
    if (!isAlone) {
      return;
    }
    Usage now = Usage.now();
    Usage before = usageBefore;
    // Nothing was read before the first one: it is told what its start used, too.
    invocation.used(before == null ? now : now.since(before));
  }

  private static ColdStart start(long readyNanoTime) {
    List<Phase> phases = new ArrayList<>();
    long agentNs = installedNanoTime - premainNanoTime;
    // A start that came to nothing has the phases that it came to.
    String[] names = {"runtime", "load", "clinit", "handler"};
    long[] ends = {handlerLoadsNanoTime, handlerFoundNanoTime, handlerLoadedNanoTime, 0};
    long from = handlerLoadsNanoTime == 0 ? 0 : premainNanoTime;
    for (int i = 0; i < names.length && from != 0; i++) {
      phases.add(new Phase(names[i], from, ends[i] == 0 ? readyNanoTime : ends[i]));
      from = ends[i];
    }
    if (restoredNanoTime != 0) {
      // What was before it, nobody waited for.
      phases.clear();
      phases.add(new Phase("restore", restoredNanoTime, readyNanoTime));
      return new ColdStart(
          initializationType, true, restoredNanoTime, readyNanoTime, phases, 0, null);
    }
    return new ColdStart(
        initializationType, false, premainNanoTime, readyNanoTime, phases, agentNs, profiler);
  }

  /** The process runs again, from an image that others run from, too. */
  public static void restored() {
    try {
      restoredNanoTime = System.nanoTime();
      Invocations.restored();
      Sending sender = sending;
      if (sender != null) {
        sender.restored();
      }
    } catch (Throwable e) {
      Log.failure("Noting a restore", e);
    }
  }

  /** The runtime reports that the function could not be started, and exits next. */
  public static void startFailed(@Nullable Object error) {
    try {
      initFailed = true;
      Object request = field(error, "errorRequest");
      initErrorType = text(request, "errorType");
      initErrorMessage = text(request, "errorMessage");
    } catch (Throwable e) {
      Log.failure("Noting a failed start", e);
    }
  }

  /** Whether the runtime has asked for work; the platform takes no registration any more. */
  static boolean isReady() {
    return ready;
  }

  @Override
  public FunctionIdentity identity() {
    return identity(System.getenv());
  }

  @Override
  public @Nullable InvocationRecord failedStart(boolean bySignal) {
    if (ready) {
      return null;
    }
    ColdStart start = start(System.nanoTime());
    if (initFailed || initThrown != null) {
      return Invocation.ofFailedStart(
          start, Outcome.INIT_ERROR, initThrown, initErrorType, initErrorMessage, null);
    }
    return bySignal
        ? Invocation.ofFailedStart(start, Outcome.INIT_TIMEOUT, null, null, null, starting)
        : Invocation.ofFailedStart(
            start,
            Outcome.INIT_ERROR,
            null,
            "Runtime.ExitError",
            "The process ended itself while it was starting",
            starting);
  }

  public static void received(
      @Nullable String requestId,
      @Nullable String xRayHeader,
      @Nullable String invokedArn,
      long deadlineEpochMs,
      @Nullable String clientContext,
      byte @Nullable [] event) {
    try {
      Sending sender = sending;
      if (requestId == null || sender == null) {
        return;
      }
      ColdStart first = coldStart;
      coldStart = null;
      if (first != null) {
        enter("invocation");
      }
      Invocation invocation =
          new Invocation(
              requestId,
              invokedArn == null ? "" : invokedArn,
              deadline(deadlineEpochMs),
              first,
              new EventReader(event == null ? new byte[0] : event, clientContext, xRayHeader));
      Invocations.begin(invocation);
      sender.began(invocation);
    } catch (Throwable e) {
      Log.failure("Reading an invocation", e);
    }
  }

  /**
   * As the platform tells it, unless that can't be: then this process's clock is off by far, and
   * the longest time that there is keeps a success from being taken for a timeout.
   *
   * @param told milliseconds since the Unix epoch
   */
  private static long deadline(long told) {
    long now = System.currentTimeMillis();
    long left = told - now;
    return left > -LATE_MS && left <= LONGEST_TIMEOUT_MS ? told : now + LONGEST_TIMEOUT_MS;
  }

  public static void thrown(@Nullable Object throwable) {
    try {
      Sending sender = sending;
      if (throwable instanceof OutOfMemoryError && sender != null) {
        sender.outOfMemory();
      }
      Invocation invocation = Invocations.ofThisThread();
      if (invocation != null && throwable instanceof Throwable) {
        invocation.thrown((Throwable) throwable);
      } else if (!ready && throwable instanceof Throwable) {
        initThrown = (Throwable) throwable;
      }
    } catch (Throwable e) {
      Log.failure("Noting an exception", e);
    }
  }

  public static void succeeded() {
    try {
      Invocation invocation = Invocations.ofThisThread();
      if (invocation != null) {
        invocation.succeeded();
      }
    } catch (Throwable e) {
      Log.failure("Noting a success", e);
    }
  }

  /** The platform has taken the result; without this the report threw something. */
  public static void delivered() {
    try {
      Invocation invocation = Invocations.ofThisThread();
      Sending sender = sending;
      if (invocation != null && sender != null) {
        sender.delivered(invocation);
      }
    } catch (Throwable e) {
      Log.failure("Noting a delivery", e);
    }
  }

  /**
   * @param error the runtime's LambdaError. Its fields are read by reflection: an error is no time
   *     to save microseconds, and a start without one need not load their classes
   */
  public static void failed(@Nullable Object error) {
    try {
      Invocation invocation = Invocations.ofThisThread();
      if (invocation != null && error != null) {
        Object request = field(error, "errorRequest");
        invocation.failed(text(request, "errorType"), text(request, "errorMessage"));
      }
    } catch (Throwable e) {
      Log.failure("Noting an error", e);
    }
  }

  private static @Nullable Object field(@Nullable Object of, String name)
      throws ReflectiveOperationException {
    return of == null ? null : of.getClass().getField(name).get(of);
  }

  private static @Nullable String text(@Nullable Object of, String name)
      throws ReflectiveOperationException {
    Object value = field(of, name);
    return value == null ? null : value.toString();
  }

  /** A getter of an invocation is not as it is known. */
  public static void unreadable(@Nullable Object failure) {
    Log.once("This version of the runtime client is not known, nothing is recorded: " + failure);
  }

  /**
   * Reads the trigger when somebody asks for it; a class of its own because a lambda would cost the
   * start.
   */
  private static final class EventReader implements Invocation.TriggerReader {
    private final byte[] event;
    private final @Nullable String clientContext;
    private final @Nullable String xRayHeader;

    EventReader(byte[] event, @Nullable String clientContext, @Nullable String xRayHeader) {
      this.event = event;
      this.clientContext = clientContext;
      this.xRayHeader = xRayHeader;
    }

    @Override
    public Trigger read() {
      try {
        return LambdaEvents.read(event, clientContext, xRayHeader);
      } catch (Throwable e) {
        Log.failure("Reading an event", e);
        return new Trigger("other");
      }
    }
  }
}
