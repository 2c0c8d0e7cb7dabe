package dev.thaw.collector.alert;

import java.util.List;
import java.util.stream.Collectors;

/** A file of rules can't be used; everything that is wrong with it is said. */
public final class RulesException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * @param file what to name before each problem, or empty
   */
  RulesException(String file, List<Problem> problems) {
    super(
        problems.stream()
            .map(
                problem ->
                    file.isEmpty()
                        ? problem.toString()
                        : file + (problem.line() == 0 ? ": " : ":") + problem)
            .collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
