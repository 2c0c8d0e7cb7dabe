package dev.thaw.collector.receive;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Gathers the body of one request. When there is no room for it, the rest is passed over as it
 * comes: that costs no memory, the sender reads the answer, and the connection can be used again.
 */
final class Arriving implements Subscriber<HttpObject> {

  private static final int MOST_AT_FIRST = 1 << 20;
  private static final int LEAST_AT_FIRST = 1 << 10;

  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
  private final Room.Share share;
  private final long announced;
  private byte[] bytes;
  private int length;
  private Intake.@Nullable OverloadedException refused;

  /**
   * @param announced bytes, by the Content-Length; negative when it does not say
   */
  Arriving(Room.Share share, long announced) {
    this.share = share;
    this.announced = announced;
    bytes = new byte[(int) Math.max(LEAST_AT_FIRST, Math.min(MOST_AT_FIRST, announced))];
  }

  /** Passes over all that comes from now on. */
  void refuse(Intake.OverloadedException why) {
    refused = why;
    bytes = new byte[0];
    share.close();
  }

  /**
   * The body, when all of it is there; or exceptionally, with {@link Intake.OverloadedException}
   * when there was no room. The share has been given back then.
   */
  CompletableFuture<byte[]> whole() {
    return whole;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(HttpObject part) {
    if (!(part instanceof HttpData data)) {
      return;
    }
    try (data) {
      if (refused == null) {
        share.take(data.length());
        add(data);
      }
    } catch (Intake.OverloadedException e) {
      refuse(e);
    }
  }

  private void add(HttpData data) {
    int needed = length + data.length();
    if (needed > bytes.length) {
      long grown = 2L * bytes.length;
      long enough = announced >= needed ? Math.min(announced, grown) : grown;
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(enough, Integer.MAX_VALUE - 8)));
    }
    data.byteBuf().readBytes(bytes, length, data.length());
    length = needed;
  }

  @Override
  public void onError(Throwable failure) {
    share.close();
    whole.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (refused != null) {
      whole.completeExceptionally(refused);
    } else {
      whole.complete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    }
  }
}
