package dev.thaw.collector.store;

import dev.thaw.collector.model.FailureGroup;
import dev.thaw.collector.model.Filter;
import dev.thaw.collector.model.Invocation;
import dev.thaw.collector.model.Outcome;
import dev.thaw.collector.model.Relation;
import dev.thaw.collector.model.Scope;
import dev.thaw.collector.model.Span;
import dev.thaw.collector.model.ThrottleGroup;
import dev.thaw.collector.model.TraceCount;
import dev.thaw.collector.model.TraceSummary;
import dev.thaw.collector.rollup.FunctionBucket;
import dev.thaw.collector.rollup.Grain;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps spans and answers the questions that need them.
 *
 * <p>{@link #append} MUST be called from one thread at a time; everything else MAY be called from
 * any thread, also while it runs. Every engine extends {@code StoreContract}.
 */
public interface Store extends AutoCloseable {

  /** The position of a store that has nothing of any journal. */
  long NO_POSITION = 0;

  /**
   * Adds spans and notes how far in the journal it has come, all or none.
   *
   * <p>What the end of the process, a loss of power or a failure of the engine takes back, MUST
   * come after the position that the last {@link #checkpoint} gave, and MUST be taken back together
   * with the position: the journal has it. A span that is there already MUST NOT be counted again;
   * a final record of a span MUST replace a provisional one, and a provisional one MUST NOT replace
   * a final one, in whatever order they come.
   *
   * @param after the {@link #position} that the spans come after
   * @param upTo the number of the last record of the journal that the spans are from, or {@code
   *     after} when they are from none
   * @throws StoreException when nothing was added; the caller may try again. Also when the position
   *     is not {@code after} any more, because something was taken back; the caller looks at the
   *     position and gives the rest again
   */
  void append(List<Span> spans, long after, long upTo);

  /** Adds spans that are from no journal. */
  default void append(List<Span> spans) {
    long position = position();
    append(spans, position, position);
  }

  /** How far in the journal it has come; {@link #NO_POSITION} at first. */
  long position();

  /**
   * Makes what was appended so far last, whatever happens to the process.
   *
   * @return the position up to which everything lasts: this one, or that of an earlier time when it
   *     can't be done now; it may be tried again
   */
  long checkpoint();

  /**
   * Removes what is older than it is to be kept, and what is too much. To be called by whoever
   * appends.
   *
   * @return how many spans were removed
   * @throws StoreException when it stopped in between; it may be called again
   */
  long forget(Keep keep, long nowNs);

  /** What the engine had to set aside when it was opened; empty when all was well. */
  String damage();

  /**
   * The rollups of all functions, or of one, in the order of their time.
   *
   * @param range by the minutes that it touches; what happened belongs to the minute in which it
   *     ended
   * @param coarsest the longest time that one row may be about; what whole hours do not cover comes
   *     by the minute
   */
  List<FunctionBucket> rollups(Scope range, @Nullable String function, Grain coarsest);

  /** Invocations that fit, each once, in the order asked for. */
  List<Invocation> invocations(InvocationQuery query);

  /** Traces that fit, newest first. */
  List<TraceSummary> traces(TraceQuery query);

  /**
   * How many traces fit, by when they began and how they came out; parts of the range without any
   * are left out. The query's limit and cursor do not count.
   *
   * @param bars into how many equal parts the range is counted
   */
  List<TraceCount> traceCounts(TraceQuery query, int bars);

  /** The deployment environments of which something is known in the range. */
  Set<String> environments(Scope scope);

  /**
   * All spans of a trace, each once, in the order of their start; empty when there is no such
   * trace.
   */
  List<Span> trace(String traceId);

  /**
   * Spans of several traces, each once, in the order of their start.
   *
   * @param traceIds none leads to none
   * @param limit the most to return
   */
  List<Span> spans(Set<String> traceIds, int limit);

  /**
   * Spans that began in the range, each once, in the order of their start; those of traces that
   * have an invocation in the scope's environment.
   *
   * @param fromEpochNs what began before it was on a page before
   * @param limit about so many; all that began in the same nanosecond come together
   */
  List<Span> spans(Scope range, long fromEpochNs, int limit);

  /**
   * Spans that began in the range and show how functions hang together: invocations, calls and
   * messages, each once; those of traces that have an invocation in the scope's environment.
   *
   * @param limit the most to return; the newest are kept
   */
  List<Span> chainSpans(Scope range, int limit);

  /**
   * What led from one trace to another, or within one, without a parent: links, and the sending and
   * receiving of the same message. Of several that sent what has the same name the last before the
   * receiver's start counts.
   *
   * @param traceIds the traces of which either side must be one
   */
  List<Relation> relations(Set<String> traceIds);

  /** Functions that have a span in the range which fits, whatever their environment. */
  Set<String> functions(Scope range, Filter filter);

  /** Failed invocations by how and where they failed, the most frequent group first. */
  List<FailureGroup> failures(FailureQuery query);

  /**
   * Refused calls by caller, target and reason, those with the most refusals first.
   *
   * @param bars into how many equal parts the range is counted
   */
  List<ThrottleGroup> throttles(Scope range, int bars);

  /** How many calls to the target were refused in the range. */
  long countThrottles(Scope range, String target);

  @Override
  void close();

  /** In which order invocations come. */
  enum Order {
    NEWEST,
    SLOWEST,
    SLOWEST_INIT
  }

  /**
   * Which invocations.
   *
   * @param function one function, or null for all
   * @param outcomes empty for all
   * @param coldOnly only cold starts
   * @param minInitNs least init duration, nanoseconds
   * @param limit at least 1
   * @param filter what they must be, only of fields that invocations have; or null
   * @param after what the page before ended with, or null for the first page
   */
  record InvocationQuery(
      Scope scope,
      @Nullable String function,
      Set<Outcome> outcomes,
      boolean coldOnly,
      long minInitNs,
      Order order,
      int limit,
      @Nullable Filter filter,
      @Nullable Cursor after) {

    /** The first page, without a filter. */
    public InvocationQuery(
        Scope scope,
        @Nullable String function,
        Set<Outcome> outcomes,
        boolean coldOnly,
        long minInitNs,
        Order order,
        int limit) {
      this(scope, function, outcomes, coldOnly, minInitNs, order, limit, null, null);
    }

    public InvocationQuery limitedTo(int newLimit) {
      return new InvocationQuery(
          scope, function, outcomes, coldOnly, minInitNs, order, newLimit, filter, after);
    }

    public InvocationQuery after(@Nullable Cursor cursor) {
      return new InvocationQuery(
          scope, function, outcomes, coldOnly, minInitNs, order, limit, filter, cursor);
    }
  }

  /**
   * Which failures.
   *
   * @param function one function, or null for all
   * @param outcomes at least one
   * @param bars into how many equal parts the range is counted, at least 1
   * @param limit the most groups, at least 1
   */
  record FailureQuery(
      Scope scope, @Nullable String function, Set<Outcome> outcomes, int bars, int limit) {}

  /**
   * Which traces.
   *
   * @param through functions that must all be in it; empty for any
   * @param outcome an outcome that one of its invocations must have, or null
   * @param coldOnly whether one of its invocations must be a cold start
   * @param minDurationNs least time from first to last, nanoseconds
   * @param requestId an invocation's request id, or null
   * @param filter what one of its spans must be, or null; one of its invocations, when the filter
   *     is about invocations
   * @param after what the page before ended with, or null for the first page
   */
  record TraceQuery(
      Scope scope,
      Set<String> through,
      @Nullable Outcome outcome,
      boolean coldOnly,
      long minDurationNs,
      @Nullable String requestId,
      @Nullable Filter filter,
      int limit,
      @Nullable Cursor after) {

    /** The first page. */
    public TraceQuery(
        Scope scope,
        Set<String> through,
        @Nullable Outcome outcome,
        boolean coldOnly,
        long minDurationNs,
        @Nullable String requestId,
        @Nullable Filter filter,
        int limit) {
      this(scope, through, outcome, coldOnly, minDurationNs, requestId, filter, limit, null);
    }

    public TraceQuery limitedTo(int newLimit) {
      return new TraceQuery(
          scope, through, outcome, coldOnly, minDurationNs, requestId, filter, newLimit, after);
    }

    public TraceQuery after(@Nullable Cursor cursor) {
      return new TraceQuery(
          scope, through, outcome, coldOnly, minDurationNs, requestId, filter, limit, cursor);
    }
  }
}
