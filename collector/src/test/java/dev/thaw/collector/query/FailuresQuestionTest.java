package dev.thaw.collector.query;

import static dev.thaw.collector.Spans.MS;
import static dev.thaw.collector.Spans.NOW_NS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.thaw.collector.Spans;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.store.Store;
import dev.thaw.collector.store.Stores;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailuresQuestionTest {

  private static final Scope MINUTE = new Scope(NOW_NS, NOW_NS + 60_000 * MS);

  @TempDir Path folder;

  private Store store;

  @BeforeEach
  void open() {
    store = Stores.open("duckdb", folder);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Answers.FailureItem only() {
    List<Answers.FailureItem> items =
        new FailuresQuestion(store)
            .failures(MINUTE, "pay", EnumSet.of(Outcome.TIMEOUT), 10)
            .failures();
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  private static Spans timeout(int number) {
    return Spans.invocation("pay", number).outcome("timeout").lasting(50 * MS);
  }

  @Test
  void aTimeoutSaysWhatItWaitedForAndWhichCallersItTookDown() {
    Span web = Spans.invocation("web", 1).outcome("timeout").build();
    Span shop = Spans.invocation("shop", 2).childOf(web).outcome("error").build();
    Span toPay = Spans.call(shop, 1).build();
    Span pay = timeout(3).childOf(toPay).build();
    Span toBank =
        Spans.call(pay, 2)
            .name("POST")
            .with("url.full", "http://bank.example/charges")
            .with("thaw.unfinished", true)
            .build();
    store.append(List.of(web, shop, toPay, pay, toBank));

    assertThat(only().openCall()).isEqualTo("POST http://bank.example/charges");
    assertThat(only().tookDown()).containsExactly("shop", "web");
  }

  @Test
  void whatFailsAsItNeverDidIsNewWhereTheFunctionRanBefore() {
    store.append(List.of(timeout(1).startingAt(NOW_NS + MS).build()));
    assertThat(only().isNew()).isFalse();

    store.append(List.of(Spans.invocation("pay", 2).startingAt(NOW_NS - 30_000 * MS).build()));
    assertThat(only().isNew()).isTrue();

    store.append(List.of(timeout(3).startingAt(NOW_NS - 20_000 * MS).build()));
    assertThat(only().isNew()).isFalse();
  }

  @Test
  void anExceptionStandsWhereItWasThrownInTheFunctionsOwnCode() {
    String stack =
        """
        shop.Refused: no money
        \tat java.base/java.util.Optional.orElseThrow(Optional.java:403)
        \tat shop.Payment.charge(Payment.java:31)
        Caused by: java.io.IOException: closed
        \tat shop.Deep.down(Deep.java:1)
        """;
    store.append(
        List.of(
            Spans.invocation("pay", 1)
                .outcome("error")
                .with("error.type", "shop.Refused")
                .event("exception", Map.of("exception.stacktrace", stack))
                .build()));

    assertThat(
            new FailuresQuestion(store)
                .failures(MINUTE, null, EnumSet.of(Outcome.ERROR), 10)
                .failures())
        .singleElement()
        .extracting(Answers.FailureItem::errorType, Answers.FailureItem::place)
        .containsExactly("shop.Refused", "shop.Payment.charge(Payment.java:31)");
  }
}
