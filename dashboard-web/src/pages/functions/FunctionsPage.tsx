// Is anything wrong right now? All functions, with what fails and what is slow.
import { Link } from "react-router";
import { type FunctionSummary, useAlerts, useFunctions, useFunctionsBefore } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { Figures } from "../../components/Figures";
import { change, count, duration, money, plural, share } from "../../components/format";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange, useRange } from "../../components/RangePicker";
import { Sparkline } from "../../components/Sparkline";
import { FiringAlerts } from "./FiringAlerts";

export function FunctionsPage() {
  const { range, label } = useRange();
  const query = useFunctions(range);
  // What is now comes first; what was before must not hold it up.
  const before = useFunctionsBefore(range, query.isSuccess).data?.functions ?? [];
  const alerts = useAlerts();
  return (
    <>
      <PageHeader title="Overview" question="Is anything wrong right now?" />
      <FiringAlerts alerts={alerts.data?.alerts ?? []} />
      <Loaded query={query}>
        {(data) =>
          data.functions.length === 0 ? (
            <Notice title={`No invocations: ${label.toLowerCase()}`}>
              Choose a longer time, or <Link to="/setup">attach the agent</Link> to a function.
            </Notice>
          ) : (
            <>
              <Figures figures={figures(data.functions, before)} />
              <div className="panel flush">
                <Table functions={data.functions} before={before} />
              </div>
            </>
          )
        }
      </Loaded>
    </>
  );
}

function sum(functions: FunctionSummary[], value: (f: FunctionSummary) => number): number {
  return functions.reduce((total, f) => total + value(f), 0);
}

const failedOf = (f: FunctionSummary) => f.errors + f.crashes + f.failedStarts;

/** A share and how it was before, in a few words. */
function compared(text: string, now: number, before: number): string {
  const changed = change(now, before);
  return changed ? `${text}, ${changed}` : text;
}

function figures(functions: FunctionSummary[], before: FunctionSummary[]) {
  const was = (value: (f: FunctionSummary) => number) => sum(before, value);
  const invocations = sum(functions, (f) => f.invocations);
  const errors = sum(functions, failedOf);
  const timeouts = sum(functions, (f) => f.timeouts);
  const cold = sum(functions, (f) => f.coldStarts);
  const throttles = sum(functions, (f) => f.throttlesMet);
  const cost = sum(functions, (f) => f.costUsd);
  return [
    {
      label: "Invocations",
      value: count(invocations),
      note: compared(
        plural(functions.length, "function"),
        invocations,
        was((f) => f.invocations),
      ),
    },
    {
      label: "Errors",
      value: count(errors),
      note: compared(share(errors, invocations), errors, was(failedOf)),
      color: errors > 0 ? "var(--thaw-error)" : undefined,
    },
    {
      label: "Timeouts",
      value: count(timeouts),
      note: compared(
        share(timeouts, invocations),
        timeouts,
        was((f) => f.timeouts),
      ),
      color: timeouts > 0 ? "var(--thaw-timeout)" : undefined,
    },
    {
      label: "Throttled calls",
      value: count(throttles),
      note: compared(
        "as callers saw them",
        throttles,
        was((f) => f.throttlesMet),
      ),
      color: throttles > 0 ? "var(--thaw-throttle)" : undefined,
    },
    {
      label: "Cold starts",
      value: count(cold),
      note: compared(
        share(cold, invocations),
        cold,
        was((f) => f.coldStarts),
      ),
      color: cold > 0 ? "var(--thaw-cold)" : undefined,
    },
    {
      label: "Cost",
      value: money(cost),
      note: compared(
        "by list price",
        cost,
        was((f) => f.costUsd),
      ),
    },
  ];
}

function Table({ functions, before }: { functions: FunctionSummary[]; before: FunctionSummary[] }) {
  const keep = useKeepRange();
  const was = new Map(before.map((f) => [f.name, f]));
  const columns: Column<FunctionSummary>[] = [
    {
      key: "name",
      title: "Function",
      sort: (f) => f.name,
      render: (f) => (
        <Link className="plain cut" title={f.name} to={keep(`/functions/${encodeURIComponent(f.name)}`)}>
          <bdi>{f.name}</bdi>
        </Link>
      ),
    },
    {
      key: "sparkline",
      title: "Over time",
      render: (f) => <Sparkline values={f.sparkline} label={`Invocations of ${f.name} over time`} />,
    },
    {
      key: "invocations",
      title: "Invocations",
      number: true,
      sort: (f) => f.invocations,
      render: (f) => (
        <>
          {count(f.invocations)}
          <Change now={f.invocations} before={was.get(f.name)?.invocations} />
        </>
      ),
    },
    {
      key: "errors",
      title: "Errors",
      number: true,
      sort: (f) => f.errors + f.crashes + f.failedStarts,
      render: (f) => (
        <Bad value={f.errors + f.crashes + f.failedStarts} of={f.invocations} color="var(--thaw-error)" />
      ),
    },
    {
      key: "timeouts",
      title: "Timeouts",
      number: true,
      sort: (f) => f.timeouts,
      render: (f) => <Bad value={f.timeouts} of={f.invocations} color="var(--thaw-timeout)" />,
    },
    {
      key: "throttled",
      title: "Throttled",
      number: true,
      sort: (f) => f.throttled,
      render: (f) => <Bad value={f.throttled} color="var(--thaw-throttle)" />,
    },
    {
      key: "cold",
      title: "Cold starts",
      number: true,
      sort: (f) => f.coldStarts / Math.max(1, f.invocations),
      render: (f) => <Bad value={f.coldStarts} of={f.invocations} color="var(--thaw-cold)" />,
    },
    {
      key: "p50",
      title: "p50",
      number: true,
      sort: (f) => f.durationMs?.p50 ?? 0,
      render: (f) => (f.durationMs ? duration(f.durationMs.p50) : "–"),
    },
    {
      key: "p95",
      title: "p95",
      number: true,
      sort: (f) => f.durationMs?.p95 ?? 0,
      render: (f) =>
        f.durationMs ? (
          <>
            {duration(f.durationMs.p95)}
            <Change now={f.durationMs.p95} before={was.get(f.name)?.durationMs?.p95} worse />
          </>
        ) : (
          "–"
        ),
    },
    {
      key: "p99",
      title: "p99",
      number: true,
      sort: (f) => f.durationMs?.p99 ?? 0,
      render: (f) => (f.durationMs ? duration(f.durationMs.p99) : "–"),
    },
    {
      key: "init",
      title: "Init p95",
      number: true,
      sort: (f) => f.initMs?.p95 ?? 0,
      render: (f) => (f.initMs ? duration(f.initMs.p95) : "–"),
    },
    {
      key: "cost",
      title: "Cost",
      number: true,
      sort: (f) => f.costUsd,
      render: (f) => money(f.costUsd),
    },
  ];
  return (
    <DataTable
      caption="Functions"
      rows={functions}
      columns={columns}
      rowKey={(f) => f.name}
      initialSort={{ key: "invocations", descending: true }}
    />
  );
}

/** Against the time before; what got clearly worse catches the eye. */
function Change({ now, before, worse }: { now: number; before: number | undefined; worse?: boolean }) {
  const text = before === undefined ? "" : change(now, before);
  if (!text) {
    return null;
  }
  const isBad = worse && before !== undefined && now > 1.5 * before;
  return (
    <span
      className={isBad ? undefined : "muted"}
      style={{ fontSize: 12, color: isBad ? "var(--thaw-timeout)" : undefined }}
      title={`against as long a time before`}
    >
      {" "}
      {text}
    </span>
  );
}

/** A count that catches the eye only when there is one. */
function Bad({ value, of, color }: { value: number; of?: number; color: string }) {
  if (value === 0) {
    return <span className="muted">0</span>;
  }
  return (
    <span style={{ color, fontWeight: 600 }}>
      {count(value)}
      {of !== undefined && <span style={{ fontWeight: 400, fontSize: 12 }}>{` ${share(value, of)}`}</span>}
    </span>
  );
}
