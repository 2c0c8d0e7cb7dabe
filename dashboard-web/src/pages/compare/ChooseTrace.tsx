// A trace looks for one to be compared with: of those that begin in the same function.
import { Button } from "@mantine/core";
import { Link, useSearchParams } from "react-router";
import { type TraceItem, useTrace, useTraces } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { duration } from "../../components/format";
import { Moment } from "../../components/Moment";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useRange } from "../../components/RangePicker";
import { coldColumn, durationColumn, outcomeColumn } from "../../components/traceColumns";
import { rootOf } from "../../components/waterfall";
import { usualOf } from "./usual";

export function ChooseTrace({ traceId, isColdOnly }: { traceId: string; isColdOnly: boolean }) {
  const query = useTrace(traceId);
  return (
    <>
      <PageHeader title="Compare" question="With which trace?" />
      <Loaded query={query}>
        {(trace) => (
          <Candidates traceId={traceId} name={rootOf(trace)?.function ?? ""} isColdOnly={isColdOnly} />
        )}
      </Loaded>
    </>
  );
}

function Candidates({
  traceId,
  name,
  isColdOnly,
}: {
  traceId: string;
  /** The function in which the trace begins. */
  name: string;
  isColdOnly: boolean;
}) {
  const { range, label } = useRange();
  const [params] = useSearchParams();
  const query = useTraces(range, { through: name, cold: isColdOnly || undefined });
  const address = (other: string) => {
    const next = new URLSearchParams(params);
    next.set("with", other);
    return `/compare?${next}`;
  };
  return (
    <Loaded query={query}>
      {(data) => {
        const others = data.traces.filter((trace) => trace.traceId !== traceId);
        const usual = usualOf(others);
        return usual === undefined ? (
          <Notice title="No other trace">
            {label}: no other one goes through {name}. Widen the time range.
          </Notice>
        ) : (
          <>
            <Button component={Link} to={address(usual.traceId)} mb="md">
              With a usual one, {duration(usual.durationMs)}
            </Button>
            <div className="panel flush">
              <DataTable
                caption="Traces to compare with"
                rows={others}
                columns={columns(address)}
                rowKey={(t) => t.traceId}
                initialSort={{ key: "start", descending: true }}
              />
            </div>
          </>
        );
      }}
    </Loaded>
  );
}

function columns(address: (other: string) => string): Column<TraceItem>[] {
  return [
    {
      key: "start",
      title: "Started",
      sort: (t) => t.startMs,
      render: (t) => (
        <Link to={address(t.traceId)}>
          <Moment ms={t.startMs} />
        </Link>
      ),
    },
    { key: "root", title: "Starts at", sort: (t) => t.rootFunction, render: (t) => t.rootFunction },
    outcomeColumn,
    durationColumn,
    coldColumn,
  ];
}
