package dev.thaw.collector.alert;

/** Rules for tests, as people write them. */
final class Rules {

  private Rules() {}

  /**
   * @param fields of one rule, on one line, in YAML's braces
   */
  static Rule rule(String fields) {
    return RulesFile.rule("{" + fields + "}");
  }
}
