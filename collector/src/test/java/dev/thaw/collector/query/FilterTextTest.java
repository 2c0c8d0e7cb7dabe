package dev.thaw.collector.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Filter.Field;
import dev.thaw.collector.model.Filter.Operator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterTextTest {

  private static final Filter COLD = new Filter.OfField(Field.COLD, Operator.EQUAL, true);
  private static final Filter SLOW =
      new Filter.OfField(Field.DURATION, Operator.GREATER, 2_000_000_000L);

  @Test
  void theExampleOfTheDocsIsRead() {
    assertThat(
            FilterText.read(
                "function = checkout and duration > 2s and cold and attr[\"user.id\"] = \"u7\""))
        .isEqualTo(
            new Filter.All(
                List.of(
                    new Filter.OfField(Field.FUNCTION, Operator.EQUAL, "checkout"),
                    SLOW,
                    COLD,
                    new Filter.OfAttribute(false, "user.id", Operator.EQUAL, "u7"))));
  }

  @Test
  void andBindsCloserThanOrAndNotCloserStill() {
    assertThat(FilterText.read("not cold and duration > 2s or (cold or duration > 2000ms)"))
        .isEqualTo(
            new Filter.Any(
                List.of(
                    new Filter.All(List.of(new Filter.Not(COLD), SLOW)),
                    new Filter.Any(List.of(COLD, SLOW)))));
  }

  @Test
  void aQuotedValueHoldsAnything() {
    assertThat(FilterText.read("name = \"GET /a b (c) \\\"d\\\" \\\\ and 'e'\""))
        .isEqualTo(new Filter.OfField(Field.NAME, Operator.EQUAL, "GET /a b (c) \"d\" \\ and 'e'"));
  }

  @Test
  void anAttributeIsANumberOnlyWithoutQuotes() {
    assertThat(FilterText.read("attr[\"n\"]>=-1.5"))
        .isEqualTo(new Filter.OfAttribute(false, "n", Operator.AT_LEAST, -1.5));
    assertThat(FilterText.read("attr[\"n\"]=\"7\""))
        .isEqualTo(new Filter.OfAttribute(false, "n", Operator.EQUAL, "7"));
    assertThat(FilterText.read("resource[ \"region\" ]"))
        .isEqualTo(new Filter.HasAttribute(true, "region"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 0 | it ends here",
        "functoin = a | 0 | expected function, duration",
        "function | 8 | expected =, != or ~",
        "function > a | 9 | function can't be compared with >",
        "function = | 10 | expected a value",
        "cold and | 8 | it ends here",
        "cold cold | 5 | expected 'and', 'or' or the end, but there is 'cold'",
        "(cold | 5 | expected ')'",
        "duration > 2 | 11 | with its unit",
        "duration > 2y | 11 | with its unit",
        "outcome = bad | 10 | outcome is one of ok, running, error",
        "name = \"x | 7 | this quote is not closed",
        "attr.x = 1 | 0 | attr[\"key\"]",
        "attr[x] = 1 | 5 | a key in quotes",
        "attr[\"x\"] > abc | 12 | write a number",
        "cold = yes | 7 | write true or false",
      })
  void aMistakeIsPointedAt(String text, int position, String message) {
    assertThatThrownBy(() -> FilterText.read(text))
        .isInstanceOfSatisfying(
            FilterException.class, e -> assertThat(e.position()).isEqualTo(position))
        .hasMessageContaining(message)
        .hasMessageContaining("At character " + (position + 1));
  }

  @Test
  void depthAndLengthAreBounded() {
    assertThatThrownBy(() -> FilterText.read("(".repeat(1000) + "cold"))
        .hasMessageContaining("nested too deep");
    assertThatThrownBy(() -> FilterText.read("cold or ".repeat(1000) + "cold"))
        .hasMessageContaining("longer than");
  }

  @Test
  void whatInvocationsAloneCanAnswerIsKnown() {
    assertThat(FilterText.read("function = a and (cold or not duration > 1s)").isAboutInvocations())
        .isTrue();
    assertThat(FilterText.read("function = a and name = b").isAboutInvocations()).isFalse();
    assertThat(FilterText.read("attr[\"a\"] or cold").isAboutInvocations()).isFalse();
  }
}
