package dev.thaw.agent.client;

import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * gRPC: one of its own client interceptors, added where a channel puts its interceptors together.
 * Attempts are counted by a stream tracer; RESOURCE_EXHAUSTED is a throttle.
 */
public final class Grpc implements Client {

  private static final Bridge BRIDGE = new Bridge("gRPC", Grpc.class, "Traced");

  @Override
  public List<Hook> hooks(String awaited) {
    return Collections.singletonList(
        Hook.on(awaited, "intercept", "(Lio/grpc/Channel;Ljava/util/List;)Lio/grpc/Channel;")
            .replaceArgument(
                1,
                "dev/thaw/agent/client/Grpc",
                "withOurs",
                "(Ljava/lang/Object;)Ljava/lang/Object;",
                Value.argument(1)));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    BRIDGE.loaded(loader);
  }

  /** Called by woven code: the interceptors of a channel. */
  public static @Nullable Object withOurs(@Nullable Object interceptors) {
    // The first in the list is the nearest to the network.
    return BRIDGE.added(interceptors, true);
  }

  /** What gRPC calls; nothing here may throw into it. */
  public static final class Traced implements ClientInterceptor {

    /** An application may put channels into one another: the outermost is the call. */
    static final CallOptions.Key<Boolean> SEEN = CallOptions.Key.create("dev.thaw");

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      Call call = null;
      try {
        Invocation invocation = Invocations.current();
        if (invocation != null && options.getOption(SEEN) == null) {
          call = begin(invocation, method.getFullMethodName(), next.authority());
          return new TracedCall<>(
              next.newCall(
                  method,
                  options
                      .withOption(SEEN, Boolean.TRUE)
                      .withStreamTracerFactory(new Attempts(call))),
              call);
        }
      } catch (Throwable e) {
        Log.failure("Tracing gRPC", e);
      }
      return next.newCall(method, options);
    }

    private static Call begin(Invocation invocation, String fullName, @Nullable String authority) {
      Call call = invocation.call(fullName, false);
      int slash = fullName.lastIndexOf('/');
      call.attribute("rpc.system", "grpc");
      call.attribute("rpc.service", fullName.substring(0, Math.max(0, slash)));
      call.attribute("rpc.method", fullName.substring(slash + 1));
      if (authority != null) {
        int colon = authority.lastIndexOf(':');
        call.attribute("server.address", colon < 0 ? authority : authority.substring(0, colon));
        try {
          call.attribute(
              "server.port", colon < 0 ? 443L : Long.parseLong(authority.substring(colon + 1)));
        } catch (NumberFormatException e) {
          // Some name resolvers have names of their own form.
        }
      }
      return call;
    }
  }

  /** Counts the attempts of one call. */
  static final class Attempts extends ClientStreamTracer.Factory {
    private final Call call;

    Attempts(Call call) {
      this.call = call;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new Attempt(call);
    }
  }

  /** One attempt. */
  static final class Attempt extends ClientStreamTracer {
    private final Call call;

    Attempt(Call call) {
      this.call = call;
      call.nextAttempt();
    }

    @Override
    public void streamClosed(Status status) {
      try {
        if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
          call.throttled(target(), "RESOURCE_EXHAUSTED", 0, -1);
        }
      } catch (Throwable e) {
        Log.failure("Tracing gRPC", e);
      }
    }

    private String target() {
      Object service = call.attribute("rpc.service");
      return service == null ? "grpc" : service.toString();
    }
  }

  /** A call that carries the context, and tells its end. */
  static final class TracedCall<Q, A> extends SimpleForwardingClientCall<Q, A> {
    private final Call call;

    TracedCall(ClientCall<Q, A> next, Call call) {
      super(next);
      this.call = call;
    }

    @Override
    public void start(Listener<A> listener, Metadata headers) {
      try {
        String[] carrying = Propagation.headers(call.context());
        for (int i = 0; i < carrying.length; i += 2) {
          headers.put(
              Metadata.Key.of(carrying[i], Metadata.ASCII_STRING_MARSHALLER), carrying[i + 1]);
        }
      } catch (Throwable e) {
        Log.failure("Handing on the trace with gRPC", e);
      }
      super.start(new Ending<>(listener, call), headers);
    }
  }

  /** Ends a call with its status. */
  static final class Ending<A> extends SimpleForwardingClientCallListener<A> {
    private final Call call;

    Ending(ClientCall.Listener<A> next, Call call) {
      super(next);
      this.call = call;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      try {
        call.attribute("rpc.grpc.status_code", (long) status.getCode().value());
        if (!status.isOk()) {
          call.failed(status.getCode().name(), status.getDescription());
        }
        call.end();
      } catch (Throwable e) {
        Log.failure("Tracing gRPC", e);
      }
      super.onClose(status, trailers);
    }
  }
}
