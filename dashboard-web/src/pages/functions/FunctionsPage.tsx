// Is anything wrong right now? All functions, with what fails and what is slow.
import { Link } from "react-router";
import { type FunctionSummary, useAlerts, useFunctions } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { Figures } from "../../components/Figures";
import { count, duration, plural, share } from "../../components/format";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange, useRange } from "../../components/RangePicker";
import { Sparkline } from "../../components/Sparkline";
import { FiringAlerts } from "./FiringAlerts";

export function FunctionsPage() {
  const { range, label } = useRange();
  const query = useFunctions(range);
  const alerts = useAlerts();
  return (
    <>
      <PageHeader title="Functions" question="Is anything wrong right now?" />
      <FiringAlerts alerts={alerts.data?.alerts ?? []} />
      <Loaded query={query}>
        {(data) =>
          data.functions.length === 0 ? (
            <Notice title={`No invocations: ${label.toLowerCase()}`}>
              Attach the agent with <code>-javaagent:thaw-agent.jar</code> and set{" "}
              <code>OTEL_EXPORTER_OTLP_ENDPOINT={globalThis.location.origin}</code>.
            </Notice>
          ) : (
            <>
              <Figures figures={figures(data.functions)} />
              <div className="panel flush">
                <Table functions={data.functions} />
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

function figures(functions: FunctionSummary[]) {
  const invocations = sum(functions, (f) => f.invocations);
  const errors = sum(functions, (f) => f.errors + f.crashes + f.failedStarts);
  const timeouts = sum(functions, (f) => f.timeouts);
  const cold = sum(functions, (f) => f.coldStarts);
  const throttles = sum(functions, (f) => f.throttlesMet);
  return [
    { label: "Invocations", value: count(invocations), note: plural(functions.length, "function") },
    {
      label: "Errors",
      value: count(errors),
      note: share(errors, invocations),
      color: errors > 0 ? "var(--thaw-error)" : undefined,
    },
    {
      label: "Timeouts",
      value: count(timeouts),
      note: share(timeouts, invocations),
      color: timeouts > 0 ? "var(--thaw-timeout)" : undefined,
    },
    {
      label: "Throttled calls",
      value: count(throttles),
      note: "as callers saw them",
      color: throttles > 0 ? "var(--thaw-throttle)" : undefined,
    },
    {
      label: "Cold starts",
      value: count(cold),
      note: share(cold, invocations),
      color: cold > 0 ? "var(--thaw-cold)" : undefined,
    },
  ];
}

function Table({ functions }: { functions: FunctionSummary[] }) {
  const keep = useKeepRange();
  const columns: Column<FunctionSummary>[] = [
    {
      key: "name",
      title: "Function",
      sort: (f) => f.name,
      render: (f) => (
        <Link className="plain" to={keep(`/functions/${encodeURIComponent(f.name)}`)}>
          {f.name}
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
      render: (f) => count(f.invocations),
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
      render: (f) => (f.durationMs ? duration(f.durationMs.p95) : "–"),
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
