package dev.thaw.collector.receive;

import com.linecorp.armeria.common.ContentTooLargeException;
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

  private static final byte[] NONE = {};

  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
  private final Room.Share share;
  private final long announced;
  private final long longest;

  /** At most twice as long as what has come: what is only announced takes up nothing. */
  private byte[] bytes = NONE;

  private int length;
  private @Nullable Exception refused;

  /**
   * @param announced bytes, by the Content-Length; negative when it does not say
   * @param longest bytes that it may have
   */
  Arriving(Room.Share share, long announced, long longest) {
    this.share = share;
    this.announced = announced;
    this.longest = longest;
  }

  /** Passes over all that comes from now on. */
  void refuse(Exception why) {
    refused = why;
    bytes = NONE;
    share.close();
  }

  /**
   * The body, when all of it is there; or exceptionally, with {@link Intake.OverloadedException}
   * when there was no room, or with why it was refused. The share has been given back then.
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
        if (length + (long) data.length() > longest) {
          throw ContentTooLargeException.get();
        }
        share.take(data.length());
        add(data);
      }
    } catch (Intake.OverloadedException e) {
      refuse(e);
    } catch (ContentTooLargeException e) {
      refuse(e);
      // Now, because it may have no end.
      whole.completeExceptionally(e);
    }
  }

  private void add(HttpData data) {
    int needed = length + data.length();
    if (needed > bytes.length) {
      long twice = Math.min(2L * needed, Integer.MAX_VALUE - 8);
      bytes =
          Arrays.copyOf(bytes, (int) (announced >= needed ? Math.min(announced, twice) : twice));
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
