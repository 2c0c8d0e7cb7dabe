package dev.thaw.agent.client;

import dev.thaw.agent.invocation.Call;
import dev.thaw.agent.invocation.Invocation;
import dev.thaw.agent.invocation.Invocations;
import dev.thaw.agent.log.Log;
import dev.thaw.agent.propagation.Propagation;
import dev.thaw.agent.weave.Hook;
import dev.thaw.agent.weave.Value;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Kafka's producer: each record carries the context in its headers (Kafka 0.11 and later). */
public final class KafkaProducer implements Client {

  private static final String SELF = "dev/thaw/agent/client/KafkaProducer";
  private static final Bridge BRIDGE = new Bridge("Kafka", KafkaProducer.class, "TracedExchange");

  @Override
  public List<Hook> hooks(String awaited) {
    return Collections.singletonList(
        Hook.on(
                awaited,
                "send",
                "(Lorg/apache/kafka/clients/producer/ProducerRecord;"
                    + "Lorg/apache/kafka/clients/producer/Callback;)"
                    + "Ljava/util/concurrent/Future;")
            .replaceArgument(
                1,
                SELF,
                "sending",
                "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;",
                Value.argument(1),
                Value.argument(0))
            .exit(SELF, "sent", "(Ljava/lang/Object;)V", Value.result())
            .thrown(SELF, "failed", "(Ljava/lang/Object;)V", Value.thrown()));
  }

  @Override
  public void loaded(@Nullable ClassLoader loader) {
    BRIDGE.loaded(loader);
  }

  // Called by woven code.

  /** The callback that the broker's answer goes to. */
  public static @Nullable Object sending(@Nullable Object callback, @Nullable Object message) {
    return BRIDGE.sending(callback, message);
  }

  public static void sent(@Nullable Object future) {
    BRIDGE.sent(future);
  }

  public static void failed(@Nullable Object thrown) {
    BRIDGE.failed(thrown);
  }

  /** Speaks Kafka's types. */
  public static final class TracedExchange implements Exchange {

    private final UnderWay<Call> underWay = new UnderWay<>();

    @Override
    public @Nullable Object sending(@Nullable Object callback, @Nullable Object message) {
      Call call = null;
      try {
        Invocation invocation = Invocations.current();
        if (invocation != null && message instanceof ProducerRecord) {
          ProducerRecord<?, ?> sent = (ProducerRecord<?, ?>) message;
          call = invocation.call("send " + sent.topic(), true);
          call.attribute("messaging.system", "kafka");
          call.attribute("messaging.operation.type", "send");
          call.attribute("messaging.operation.name", "send");
          call.attribute("messaging.destination.name", sent.topic());
          addHeaders(sent, Propagation.headers(call.context()));
          return new Ending(call, (Callback) callback);
        }
      } catch (Throwable e) {
        Log.failure("Tracing Kafka", e);
      } finally {
        underWay.put(call);
      }
      return callback;
    }

    private static void addHeaders(ProducerRecord<?, ?> sent, String[] headers) {
      try {
        for (int i = 0; i < headers.length; i += 2) {
          Header own = sent.headers().lastHeader(headers[i]);
          if (own == null) {
            sent.headers().add(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8));
          }
        }
      } catch (IllegalStateException e) {
        // A record that is sent a second time takes no more headers.
      }
    }

    @Override
    public @Nullable Object sent(@Nullable Object future) {
      // The broker's answer ends it.
      underWay.take();
      return future;
    }

    @Override
    public void failed(@Nullable Object thrown) {
      Call call = underWay.take();
      if (call != null && thrown instanceof Throwable) {
        call.failed(thrown.getClass().getName(), ((Throwable) thrown).getMessage());
        call.end();
      }
    }
  }

  /** Ends a call with the broker's answer, and passes that on. */
  static final class Ending implements Callback {
    private final Call call;
    private final @Nullable Callback next;

    Ending(Call call, @Nullable Callback next) {
      this.call = call;
      this.next = next;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
      try {
        if (failure != null) {
          call.failed(failure.getClass().getName(), failure.getMessage());
        } else if (metadata != null) {
          call.attribute("messaging.destination.partition.id", "" + metadata.partition());
          call.attribute("messaging.kafka.offset", metadata.offset());
        }
        call.end();
      } catch (Throwable e) {
        Log.failure("Tracing Kafka", e);
      }
      if (next != null) {
        next.onCompletion(metadata, failure);
      }
    }
  }
}
