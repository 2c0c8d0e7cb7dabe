package dev.thaw.agent.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.agent.OtlpSink;
import dev.thaw.agent.functions.ClientFunctions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** gRPC with a real server. */
@ParameterizedClass
@EnumSource(
    value = Libraries.class,
    names = {"OLDEST", "NEWEST"})
class GrpcIT extends ClientContract {

  private Server server;
  private volatile String traceparent = "";

  @Override
  protected void startOtherSide() throws Exception {
    MethodDescriptor<String, String> method =
        MethodDescriptor.<String, String>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("shop.Prices/Quote")
            .setRequestMarshaller(new ClientFunctions.TextMarshaller())
            .setResponseMarshaller(new ClientFunctions.TextMarshaller())
            .build();
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("shop.Prices")
            .addMethod(method, ServerCalls.asyncUnaryCall(GrpcIT::answer))
            .build();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(ServerInterceptors.intercept(service, new Reading()))
            .build()
            .start();
  }

  private static void answer(String ask, StreamObserver<String> answer) {
    if (ask.equals("fail")) {
      answer.onError(Status.NOT_FOUND.asRuntimeException());
    } else if (ask.equals("refuse")) {
      answer.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
    } else {
      answer.onNext("4.20");
      answer.onCompleted();
    }
  }

  private final class Reading implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String value = headers.get(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER));
      traceparent = value == null ? "" : value;
      return next.startCall(call, headers);
    }
  }

  @Override
  protected void stopOtherSide() {
    server.shutdownNow();
  }

  private String ask(String what) throws Exception {
    return function.invoke(Map.of("target", "127.0.0.1:" + server.getPort(), "ask", what));
  }

  @Override
  protected String type() {
    return "ClientFunctions$GrpcText";
  }

  @Override
  protected String row() {
    return "gRPC client";
  }

  @Override
  protected String artifact() {
    return "grpc-api";
  }

  @Override
  protected String call() throws Exception {
    return ask("price");
  }

  @Override
  protected String expectedAnswer() {
    return "\"4.20\"";
  }

  @Override
  protected String callThatFails() throws Exception {
    return ask("fail");
  }

  @Override
  protected String spanName() {
    return "shop.Prices/Quote";
  }

  @Override
  protected Map.Entry<String, String> expectedAttribute() {
    return Map.entry("rpc.service", "shop.Prices");
  }

  @Test
  void theOtherSideGetsTheCallAsItsParent() throws Exception {
    call();
    OtlpSink.Received call = calls(spanName(), 1).get(0);
    assertThat(traceparent).contains(call.traceId(), call.id());
    assertThat(call.attribute("rpc.grpc.status_code")).isEqualTo("0");
    supported.shown("context");
  }

  @Test
  void anExhaustedResourceIsAThrottle() throws Exception {
    assertThat(ask("refuse")).isEqualTo("\"RESOURCE_EXHAUSTED\"");
    OtlpSink.Received call = calls(spanName(), 1).get(0);
    assertThat(call.event("thaw.throttle", "thaw.throttle.reason")).isEqualTo("RESOURCE_EXHAUSTED");
    assertThat(call.event("thaw.throttle", "thaw.throttle.target")).isEqualTo("shop.Prices");
    supported.shown("throttle");
  }
}
