// Who is throttled, by what, and who suffers?
import { SimpleGrid } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { type ThrottleItem, type Throttles, useThrottles } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { Figures } from "../../components/Figures";
import { count, plural } from "../../components/format";
import { Moment } from "../../components/Moment";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange, useRange } from "../../components/RangePicker";
import { TimeChart } from "../../components/TimeChart";

/** More lines in one picture can't be told apart. */
const MOST_LINES = 5;
/** Invocations with calls that were refused, at whatever time. */
const EXAMPLES = `/traces?filter=${encodeURIComponent('attr["thaw.throttles"] > 0')}`;

const COLORS = ["throttle", "cold", "work", "wait", "critical"];

export function ThrottlesPage() {
  const { range, label } = useRange();
  const query = useThrottles(range);
  return (
    <>
      <PageHeader title="Throttles" question="Who is throttled, by what, and who suffers?" />
      <Loaded query={query}>
        {(data) =>
          data.throttles.length === 0 ? (
            <Notice title="No throttled calls">
              {label}: no call of a function was refused for want of concurrency or rate. What callers outside
              met, the platform alone knows.
            </Notice>
          ) : (
            <>
              <Figures figures={figures(data)} />
              <Charts data={data} />
              <div className="panel flush" style={{ marginTop: 12 }}>
                <Table throttles={data.throttles} />
              </div>
            </>
          )
        }
      </Loaded>
    </>
  );
}

function figures({ throttles, targets }: Throttles) {
  const refused = throttles.reduce((sum, t) => sum + t.refused, 0);
  const calls = throttles.reduce((sum, t) => sum + t.calls, 0);
  const callers = new Set(throttles.map((t) => t.caller)).size;
  return [
    {
      label: "Refused attempts",
      value: count(refused),
      note: "repeats included",
      color: "var(--thaw-throttle)",
    },
    {
      label: "Calls that met one",
      value: count(calls),
      note: `${(refused / Math.max(1, calls)).toFixed(1)} refusals each`,
    },
    {
      label: "Refused by",
      value: count(targets.length),
      note: targets[0] ? `most: ${targets[0].target}` : "",
    },
    { label: "Who suffers", value: count(callers), note: plural(callers, "calling function") },
  ];
}

function Charts({ data }: { data: Throttles }) {
  const shown = useMemo(() => data.targets.slice(0, MOST_LINES), [data]);
  const times = useMemo(
    () => (shown[0]?.refused ?? []).map((_, i) => data.fromMs + i * data.stepMs),
    [data, shown],
  );
  const refused = useMemo(
    () => shown.map((t, i) => ({ label: t.target, color: `var(--thaw-${COLORS[i]})`, values: t.refused })),
    [shown],
  );
  const busy = useMemo(
    () =>
      shown
        .map((t, i) => ({ label: t.target, color: `var(--thaw-${COLORS[i]})`, values: t.busy }))
        .filter((line) => line.values.length > 0),
    [shown],
  );
  return (
    <SimpleGrid cols={{ base: 1, md: busy.length > 0 ? 2 : 1 }} spacing="sm">
      <TimeChart
        examples={EXAMPLES}
        title="Refused attempts, by what refused"
        timesMs={times}
        series={refused}
        format={count}
        bars
      />
      {busy.length > 0 && (
        <TimeChart
          examples={EXAMPLES}
          title="Its busy environments, on average"
          timesMs={times}
          series={busy}
          format={environments}
        />
      )}
    </SimpleGrid>
  );
}

function environments(value: number): string {
  return value.toFixed(value === 0 || value >= 10 ? 0 : value >= 1 ? 1 : 2);
}

function Table({ throttles }: { throttles: ThrottleItem[] }) {
  const keep = useKeepRange();
  const columns: Column<ThrottleItem>[] = [
    {
      key: "caller",
      title: "Who suffers",
      sort: (t) => t.caller,
      render: (t) => (
        <Link className="plain" to={keep(`/functions/${encodeURIComponent(t.caller)}`)}>
          {t.caller}
        </Link>
      ),
    },
    { key: "target", title: "Refused by", wide: true, sort: (t) => t.target, render: (t) => t.target },
    { key: "reason", title: "Reason", sort: (t) => t.reason, render: (t) => t.reason },
    { key: "calls", title: "Calls", number: true, sort: (t) => t.calls, render: (t) => count(t.calls) },
    {
      key: "refused",
      title: "Refused attempts",
      number: true,
      sort: (t) => t.refused,
      render: (t) => <strong style={{ color: "var(--thaw-throttle)" }}>{count(t.refused)}</strong>,
    },
    {
      key: "each",
      title: "Per call",
      number: true,
      sort: (t) => t.refused / t.calls,
      render: (t) => (t.refused / t.calls).toFixed(1),
    },
    { key: "last", title: "Last", sort: (t) => t.lastMs, render: (t) => <Moment ms={t.lastMs} /> },
    {
      key: "trace",
      title: "Example",
      render: (t) => (
        <Link
          to={keep(`/traces/${t.traceId}?span=${t.spanId}`)}
          aria-label={`Last trace of ${t.caller}, refused by ${t.target}`}
        >
          Last trace
        </Link>
      ),
    },
  ];
  return (
    <DataTable
      caption="Refused calls by caller and target"
      rows={throttles}
      columns={columns}
      rowKey={(t) => [t.caller, t.target, t.reason].join("\n")}
      initialSort={{ key: "refused", descending: true }}
    />
  );
}
