// Two traces, span by span: in which one did what take how long?
import { Checkbox } from "@mantine/core";
import { Link, useSearchParams } from "react-router";
import { type SpanItem, type TraceDetail, useTrace } from "../../api/client";
import { duration } from "../../components/format";
import { Moment } from "../../components/Moment";
import { Loaded } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange } from "../../components/RangePicker";
import { useSetParam } from "../../components/useSetParam";
import { difference, type Pair, pairs } from "./pairs";
import { Difference, DifferenceBar } from "./SetComparison";

/** More rows nobody reads; the largest differences are among them when they are sorted by it. */
const MOST_ROWS = 500;

export function TraceComparison({ a, b }: { a: string; b: string }) {
  const first = useTrace(a);
  const second = useTrace(b);
  return (
    <>
      <PageHeader title="Compare" question="Where did one trace take longer than the other?" />
      <Loaded query={first}>
        {(ofA) => <Loaded query={second}>{(ofB) => <Both a={ofA} b={ofB} />}</Loaded>}
      </Loaded>
    </>
  );
}

function Both({ a, b }: { a: TraceDetail; b: TraceDetail }) {
  const [params] = useSearchParams();
  const set = useSetParam();
  const isByDifference = params.get("sort") === "difference";
  const all = pairs(a, b);
  const sorted = isByDifference
    ? [...all].sort((x, y) => Math.abs(difference(y)) - Math.abs(difference(x)))
    : all;
  const most = Math.max(...all.map((pair) => Math.abs(difference(pair))), 1);
  return (
    <>
      <div className="compare-sides">
        <TraceSide trace={a} tone="a" />
        <TraceSide trace={b} tone="b" />
      </div>
      <Checkbox
        label="Largest difference first"
        my="sm"
        checked={isByDifference}
        onChange={(event) => {
          set("sort", event.currentTarget.checked ? "difference" : undefined);
        }}
      />
      <section className="panel flush scroll-x" tabIndex={0} aria-label="Spans of both traces">
        <table className="data">
          <thead>
            <tr>
              <th>Span</th>
              <th className="number">A</th>
              <th className="number">B</th>
              <th className="number">A takes longer by</th>
              <th aria-label="as a bar" />
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, MOST_ROWS).map((pair) => (
              <PairRow
                key={pair.key}
                pair={pair}
                depth={isByDifference ? 0 : pair.depth}
                a={a.traceId}
                b={b.traceId}
                most={most}
              />
            ))}
          </tbody>
        </table>
      </section>
      {all.length > MOST_ROWS && (
        <p className="muted compare-note">
          {MOST_ROWS} of {all.length} spans; sorted by the difference, these are the ones that matter.
        </p>
      )}
    </>
  );
}

function PairRow({
  pair,
  depth,
  a,
  b,
  most,
}: {
  pair: Pair;
  depth: number;
  a: string;
  b: string;
  most: number;
}) {
  const us = difference(pair);
  return (
    <tr>
      <td className="compare-name" style={{ paddingLeft: 12 + Math.min(depth, 8) * 14 }}>
        <span className={pair.isInvocation ? "strong" : undefined}>
          <bdi>{pair.name}</bdi>
        </span>{" "}
        <span className="muted">
          <bdi>{pair.to || (pair.name === pair.function ? "" : pair.function)}</bdi>
        </span>
      </td>
      <td className="number">
        <Took span={pair.a} traceId={a} />
      </td>
      <td className="number">
        <Took span={pair.b} traceId={b} />
      </td>
      <td className="number">
        <Difference ms={us / 1000} />
      </td>
      <td>
        <DifferenceBar value={us / most} />
      </td>
    </tr>
  );
}

function Took({ span, traceId }: { span: SpanItem | undefined; traceId: string }) {
  const keep = useKeepRange();
  if (!span) {
    return <span className="muted">not there</span>;
  }
  return (
    <>
      {span.outcome !== "" && span.outcome !== "ok" && (
        <span style={{ color: "var(--thaw-error)" }}>{span.outcome.replace("_", " ")} </span>
      )}
      {span.cold && <span style={{ color: "var(--thaw-cold)" }}>cold </span>}
      <Link className="plain" to={keep(`/traces/${traceId}?span=${span.spanId}`)}>
        {duration(span.durationUs / 1000)}
      </Link>
    </>
  );
}

function TraceSide({ trace, tone }: { trace: TraceDetail; tone: "a" | "b" }) {
  const keep = useKeepRange();
  const invocations = trace.spans.filter((span) => span.outcome !== "");
  const failed = invocations.filter((span) => span.outcome !== "ok" && span.outcome !== "running").length;
  return (
    <section className={`panel compare-side ${tone}`} aria-label={tone.toUpperCase()}>
      <h2>
        <Link className="plain" to={keep(`/traces/${trace.traceId}`)}>
          <Moment ms={trace.startUs / 1000} />
        </Link>
      </h2>
      <dl>
        <div>
          <dt>First to last</dt>
          <dd>{duration(trace.durationUs / 1000)}</dd>
        </div>
        <div>
          <dt>Invocations</dt>
          <dd>{invocations.length}</dd>
        </div>
        <div>
          <dt>Cold</dt>
          <dd>{invocations.filter((span) => span.cold).length}</dd>
        </div>
        <div>
          <dt>Failed</dt>
          <dd>{failed}</dd>
        </div>
      </dl>
    </section>
  );
}
