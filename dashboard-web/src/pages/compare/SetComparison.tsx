// Two sets of invocations: how many and how long, what took the time, and what else is different about them.
import { Title } from "@mantine/core";
import { Link } from "react-router";
import { type Comparison, useComparison } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { count, duration, plural, share } from "../../components/format";
import { Loaded, Notice } from "../../components/Notice";
import { useKeepRange, useRange } from "../../components/RangePicker";
import type { Side } from "./sides";

type ComparedSide = Comparison["a"];
type Part = Comparison["parts"][number];
type Trait = Comparison["traits"][number];

export function SetComparison({ a, b }: { a: Side; b: Side }) {
  const { range, label } = useRange();
  const query = useComparison(range, a.filter, b.filter);
  return (
    <Loaded query={query}>
      {(data) => (
        <>
          <div className="compare-sides">
            <SideFigures side={a} data={data.a} tone="a" />
            <SideFigures side={b} data={data.b} tone="b" />
          </div>
          {data.a.invocations === 0 || data.b.invocations === 0 ? (
            <Notice title="One side is empty">{label}: widen the time range.</Notice>
          ) : (
            <>
              <Title order={2} size="h4" mt="lg" mb="xs">
                Where the time goes
              </Title>
              <div className="panel flush">
                <Parts parts={data.parts} />
              </div>
              <p className="muted compare-note">
                Milliseconds of an average invocation, by the newest {count(data.a.read)} and{" "}
                {count(data.b.read)}; each name leads to where it took longest.
              </p>
              <Title order={2} size="h4" mt="lg" mb="xs">
                What else is different about them
              </Title>
              <Traits traits={data.traits} />
            </>
          )}
        </>
      )}
    </Loaded>
  );
}

function SideFigures({ side, data, tone }: { side: Side; data: ComparedSide; tone: "a" | "b" }) {
  const keep = useKeepRange();
  return (
    <section className={`panel compare-side ${tone}`} aria-label={side.name}>
      <h2>
        <Link className="plain" to={keep(`/traces?filter=${encodeURIComponent(side.filter)}`)}>
          <bdi>{side.name}</bdi>
        </Link>
      </h2>
      <dl>
        <div>
          <dt>Invocations</dt>
          <dd>{data.isAll ? count(data.invocations) : `the newest ${count(data.invocations)}`}</dd>
        </div>
        <div>
          <dt>p50</dt>
          <dd>{data.durationMs ? duration(data.durationMs.p50) : "–"}</dd>
        </div>
        <div>
          <dt>p95</dt>
          <dd>{data.durationMs ? duration(data.durationMs.p95) : "–"}</dd>
        </div>
        <div>
          <dt>Cold</dt>
          <dd>
            {share(data.coldStarts, data.invocations)}
            {data.initMs && <span className="muted"> init {duration(data.initMs.p50)}</span>}
          </dd>
        </div>
        <div>
          <dt>Failed</dt>
          <dd>{share(data.failed, data.invocations)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Parts({ parts }: { parts: Part[] }) {
  const keep = useKeepRange();
  const most = Math.max(...parts.map((p) => Math.abs(p.aMs - p.bMs)), 0.001);
  const columns: Column<Part>[] = [
    {
      key: "name",
      title: "What",
      wide: true,
      render: (p) => (
        <Link className="plain" to={keep(`/traces/${p.traceId}?span=${p.spanId}`)}>
          <bdi>{p.name}</bdi>
        </Link>
      ),
    },
    { key: "a", title: "A", number: true, sort: (p) => p.aMs, render: (p) => duration(p.aMs) },
    { key: "b", title: "B", number: true, sort: (p) => p.bMs, render: (p) => duration(p.bMs) },
    {
      key: "difference",
      title: "A takes longer by",
      number: true,
      sort: (p) => p.aMs - p.bMs,
      render: (p) => <Difference ms={p.aMs - p.bMs} />,
    },
    { key: "bar", title: "", render: (p) => <DifferenceBar value={(p.aMs - p.bMs) / most} /> },
    {
      key: "share",
      title: "In A, in B",
      number: true,
      render: (p) => `${share(p.aShare, 1)}, ${share(p.bShare, 1)}`,
    },
  ];
  return <DataTable caption="Where the time goes" rows={parts} columns={columns} rowKey={(p) => p.name} />;
}

export function Difference({ ms }: { ms: number }) {
  return ms === 0 ? "–" : `${ms > 0 ? "+" : "−"}${duration(Math.abs(ms))}`;
}

/** To the right where the first is more, to the left where the second is. */
export function DifferenceBar({ value }: { value: number }) {
  const width = `${Math.min(50, Math.abs(value) * 50)}%`;
  return (
    <div className="compare-bar" aria-hidden="true">
      <span
        className={value > 0 ? "a" : "b"}
        style={value > 0 ? { left: "50%", width } : { right: "50%", width }}
      />
    </div>
  );
}

function Traits({ traits }: { traits: Trait[] }) {
  if (traits.length === 0) {
    return <p className="muted">Nothing: attributes and resource have the same values on both sides.</p>;
  }
  const columns: Column<Trait>[] = [
    { key: "key", title: "Attribute", sort: (t) => t.key, render: (t) => <code>{t.key}</code> },
    { key: "value", title: "Value", wide: true, sort: (t) => t.value, render: (t) => <bdi>{t.value}</bdi> },
    { key: "a", title: "In A", number: true, sort: (t) => t.aShare, render: (t) => share(t.aShare, 1) },
    { key: "b", title: "In B", number: true, sort: (t) => t.bShare, render: (t) => share(t.bShare, 1) },
    { key: "bar", title: "", render: (t) => <DifferenceBar value={t.aShare - t.bShare} /> },
  ];
  return (
    <>
      <div className="panel flush">
        <DataTable
          caption="What else is different about them"
          rows={traits}
          columns={columns}
          rowKey={(t) => `${t.key}\n${t.value}`}
        />
      </div>
      <p className="muted compare-note">
        {plural(traits.length, "value")}, the largest difference first; ids and measured numbers are left out.
      </p>
    </>
  );
}
