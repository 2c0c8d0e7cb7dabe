package dev.thaw.collector.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An answer is held back while much waits for the store, and not for ever. */
class PaceTest {

  private static final long LONG_MS = TimeUnit.HOURS.toMillis(1);

  @Test
  void anAnswerGoesOutWhileLittleWaits() {
    Pace pace = new Pace(100, LONG_MS);
    pace.waits(100);
    pace.await();
  }

  @Test
  void anAnswerWaitsUntilTheStoreHasBegunWithEnough() throws Exception {
    Pace pace = new Pace(100, LONG_MS);
    pace.waits(150);
    Thread answers = new Thread(pace::await);
    answers.start();
    await().until(() -> answers.getState() == Thread.State.TIMED_WAITING);
    pace.begun(20);
    await().until(() -> answers.getState() == Thread.State.TIMED_WAITING);
    assertThat(answers.isAlive()).isTrue();
    pace.begun(30);
    answers.join();
  }

  @Test
  void anAnswerGoesOutAfterAWhileThoughTheStoreHasStopped() {
    Pace pace = new Pace(100, 1);
    pace.waits(1000);
    pace.await();
  }
}
