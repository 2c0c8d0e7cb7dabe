package dev.thaw.collector.receive;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.concurrent.CompletableFuture;

/**
 * One of OTLP's kinds of data, without the way in which it came: HTTP or gRPC, protobuf or JSON.
 * Thread-safe.
 */
interface OtlpSignal {

  /** Where the paths of OTLP/gRPC begin. */
  String GRPC = "/opentelemetry.proto.collector.";

  /**
   * How a request ended.
   *
   * @param rejected how many of its items were not taken
   * @param message what was wrong with them; empty when nothing was
   * @param retryAfterSeconds when the sender may come back; -1 when it was taken
   */
  record Result(int rejected, String message, int retryAfterSeconds) {

    static Result taken(int rejected, String message) {
      return new Result(rejected, message, -1);
    }

    static Result later(String message, int seconds) {
      return new Result(0, message, seconds);
    }

    boolean isTaken() {
      return retryAfterSeconds < 0;
    }
  }

  /** {@code traces}, as in /v1/traces. */
  String name();

  /** The field of a partial success that counts what was not taken, as JSON has it. */
  String rejectedName();

  /** The service and method of OTLP/gRPC, as a path. */
  String grpcPath();

  /** An empty request, for the decoder of JSON. */
  Message.Builder request();

  /**
   * Whether so many bytes may come; asked before they are read.
   *
   * @throws Intake.OverloadedException when they may not
   */
  void checkRoom(long bytes) throws Intake.OverloadedException;

  /**
   * How much of the heap the taking over of a request may need beside the request, by its size as
   * protobuf.
   */
  long timesAsMuch();

  /**
   * Takes a request over.
   *
   * @param request in protobuf
   * @return completed when the sender may forget it, or is to come back; never exceptionally
   * @throws InvalidProtocolBufferException when it is no such request
   */
  CompletableFuture<Result> take(byte[] request) throws InvalidProtocolBufferException;

  /** The answer to a request that was taken. */
  Message response(Result result);
}
