// Which cold starts hurt? Slowest first, each one click from its reasons.
import { Link, useSearchParams } from "react-router";
import { type FunctionSummary, type InvocationItem, useColdStarts, useFunctions } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { Figures } from "../../components/Figures";
import { FunctionSelect } from "../../components/FunctionSelect";
import { count, duration, share } from "../../components/format";
import { Moment } from "../../components/Moment";
import { Loaded, Notice } from "../../components/Notice";
import { OutcomeMark } from "../../components/OutcomeMark";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange, useRange } from "../../components/RangePicker";
import { ShowMore } from "../../components/ShowMore";
import { Distribution } from "./Distribution";

export function ColdStartsPage() {
  const { range, label } = useRange();
  const [params] = useSearchParams();
  const chosen = params.get("function") ?? "";
  const query = useColdStarts(range, chosen || undefined);
  const functions = (useFunctions(range).data?.functions ?? []).filter(
    (f) => chosen === "" || f.name === chosen,
  );
  return (
    <>
      <PageHeader title="Cold starts" question="Which cold starts hurt?">
        <FunctionSelect />
      </PageHeader>
      <Loaded query={query}>
        {(data) =>
          data.coldStarts.length === 0 ? (
            <Notice title="No cold starts">{label}: every invocation found a warm environment.</Notice>
          ) : (
            <>
              <Figures figures={figures(functions)} />
              <Distribution inits={data.initMs} name={chosen} />
              <div className="panel flush">
                <Table coldStarts={data.coldStarts} />
                <ShowMore query={query} />
              </div>
            </>
          )
        }
      </Loaded>
    </>
  );
}

function figures(functions: FunctionSummary[]) {
  const sum = (value: (f: FunctionSummary) => number) => functions.reduce((total, f) => total + value(f), 0);
  const cold = sum((f) => f.coldStarts);
  const failed = sum((f) => f.failedStarts);
  const most = [...functions].sort((a, b) => b.coldStarts - a.coldStarts)[0];
  const slowest = [...functions].sort((a, b) => (b.initMs?.p95 ?? 0) - (a.initMs?.p95 ?? 0))[0];
  return [
    {
      label: "Cold starts",
      value: count(cold),
      note: "that a caller waited for",
      color: "var(--thaw-cold)",
    },
    {
      label: "Of all invocations",
      value: share(
        cold,
        sum((f) => f.invocations),
      ),
    },
    { label: "Most", value: most ? count(most.coldStarts) : "–", note: most?.name },
    {
      label: "Slowest init, p95",
      value: slowest?.initMs ? duration(slowest.initMs.p95) : "–",
      note: slowest?.initMs ? slowest.name : undefined,
    },
    {
      label: "Failed starts",
      value: count(failed),
      note: failed > 0 ? "see Errors and Timeouts" : "none",
      color: failed > 0 ? "var(--thaw-error)" : undefined,
    },
  ];
}

function Table({ coldStarts }: { coldStarts: InvocationItem[] }) {
  const keep = useKeepRange();
  const longest = Math.max(...coldStarts.map((c) => c.initMs + c.durationMs), 1);
  const columns: Column<InvocationItem>[] = [
    {
      key: "function",
      title: "Function",
      sort: (c) => c.function,
      render: (c) => (
        <Link className="plain" to={keep(`/cold-starts/${c.traceId}/${c.spanId}`)}>
          {c.function}
        </Link>
      ),
    },
    { key: "init", title: "Init", number: true, sort: (c) => c.initMs, render: (c) => duration(c.initMs) },
    {
      key: "duration",
      title: "First invocation",
      number: true,
      sort: (c) => c.durationMs,
      render: (c) => duration(c.durationMs),
    },
    {
      key: "bar",
      title: "Init, then the invocation",
      render: (c) => <Bar coldStart={c} longest={longest} />,
    },
    {
      key: "outcome",
      title: "Outcome",
      sort: (c) => c.outcome,
      render: (c) => <OutcomeMark outcome={c.outcome} />,
    },
    { key: "start", title: "When", sort: (c) => c.startMs, render: (c) => <Moment ms={c.startMs} /> },
    {
      key: "version",
      title: "Version",
      sort: (c) => c.version,
      render: (c) => c.version || <span className="muted">not known</span>,
    },
    {
      key: "instance",
      title: "Instance",
      render: (c) => <code style={{ fontSize: 12 }}>{c.instance}</code>,
    },
  ];
  return (
    <DataTable
      caption="Cold starts, slowest first"
      rows={coldStarts}
      columns={columns}
      rowKey={(c) => c.spanId}
      initialSort={{ key: "init", descending: true }}
    />
  );
}

function Bar({ coldStart, longest }: { coldStart: InvocationItem; longest: number }) {
  const width = (ms: number) => `${(ms / longest) * 100}%`;
  return (
    <div
      role="img"
      aria-label={`init ${duration(coldStart.initMs)}, then ${duration(coldStart.durationMs)}`}
      style={{
        display: "flex",
        minWidth: 180,
        height: 12,
        borderRadius: 3,
        overflow: "hidden",
        background: "var(--thaw-faint)",
      }}
    >
      <div style={{ width: width(coldStart.initMs), background: "var(--thaw-cold)" }} />
      <div
        style={{
          width: width(coldStart.durationMs),
          background: "var(--mantine-primary-color-filled)",
          opacity: 0.55,
        }}
      />
    </div>
  );
}
