// Single invocations, each one click from its trace.
import { Link } from "react-router";
import type { InvocationItem } from "../api/client";
import { type Column, DataTable } from "./DataTable";
import { duration } from "./format";
import { Moment } from "./Moment";
import { OutcomeMark } from "./OutcomeMark";
import { useKeepRange } from "./RangePicker";

export function InvocationTable({
  invocations,
  caption,
}: {
  invocations: InvocationItem[];
  caption: string;
}) {
  const keep = useKeepRange();
  const columns: Column<InvocationItem>[] = [
    {
      key: "start",
      title: "Started",
      sort: (i) => i.startMs,
      render: (i) => (
        <Link className="plain" to={keep(`/traces/${i.traceId}`)}>
          <Moment ms={i.startMs} />
        </Link>
      ),
    },
    {
      key: "outcome",
      title: "Outcome",
      sort: (i) => i.outcome,
      render: (i) => (
        <>
          <OutcomeMark outcome={i.outcome} />
          {i.errorType && i.outcome === "error" && (
            <span className="muted" style={{ fontSize: 12 }}>
              {" "}
              {i.errorType.slice(i.errorType.lastIndexOf(".") + 1)}
            </span>
          )}
        </>
      ),
    },
    {
      key: "duration",
      title: "Duration",
      number: true,
      sort: (i) => i.durationMs,
      render: (i) => duration(i.durationMs),
    },
    {
      key: "init",
      title: "Init",
      number: true,
      sort: (i) => i.initMs,
      render: (i) =>
        i.cold ? (
          <span style={{ color: "var(--thaw-cold)", fontWeight: 600 }}>{duration(i.initMs)}</span>
        ) : (
          "–"
        ),
    },
    { key: "trigger", title: "Trigger", sort: (i) => i.trigger, render: (i) => i.trigger },
    {
      key: "request",
      title: "Request id",
      render: (i) => <code style={{ fontSize: 12 }}>{i.requestId}</code>,
    },
  ];
  return (
    <DataTable
      caption={caption}
      rows={invocations}
      columns={columns}
      rowKey={(i) => i.spanId}
      initialSort={{ key: "start", descending: true }}
    />
  );
}
