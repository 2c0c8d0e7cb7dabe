// Did a deploy change it? What each version did in the range, warm and cold apart.
import type { FunctionDetail } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { count, duration, share } from "../../components/format";
import { Moment } from "../../components/Moment";

type Version = FunctionDetail["versions"][number];
type Percentiles = Version["warmMs"];

const failed = (v: Version) => v.errors + v.timeouts + v.crashes;

function percentile(
  key: string,
  title: string,
  value: (v: Version) => Percentiles,
  of: "p50" | "p95" | "p99",
): Column<Version> {
  return {
    key,
    title,
    number: true,
    sort: (v) => value(v)?.[of] ?? 0,
    render: (v) => {
      const ms = value(v)?.[of];
      return ms === undefined ? "–" : duration(ms);
    },
  };
}

const COLUMNS: Column<Version>[] = [
  {
    key: "version",
    title: "Version",
    sort: (v) => v.version,
    render: (v) => v.version || <span className="muted">not known</span>,
  },
  { key: "last", title: "Last seen", sort: (v) => v.lastMs, render: (v) => <Moment ms={v.lastMs} /> },
  {
    key: "invocations",
    title: "Invocations",
    number: true,
    sort: (v) => v.invocations,
    render: (v) => count(v.invocations),
  },
  {
    key: "failed",
    title: "Failed",
    number: true,
    sort: (v) => failed(v) / v.invocations,
    render: (v) =>
      failed(v) === 0 ? (
        <span className="muted">0</span>
      ) : (
        <span style={{ color: "var(--thaw-error)" }}>{share(failed(v), v.invocations)}</span>
      ),
  },
  {
    key: "cold",
    title: "Cold",
    number: true,
    sort: (v) => v.coldStarts / v.invocations,
    render: (v) => share(v.coldStarts, v.invocations),
  },
  percentile("warm50", "Warm p50", (v) => v.warmMs, "p50"),
  percentile("warm99", "Warm p99", (v) => v.warmMs, "p99"),
  percentile("cold50", "Cold p50", (v) => v.coldMs, "p50"),
  percentile("cold99", "Cold p99", (v) => v.coldMs, "p99"),
  percentile("init95", "Init p95", (v) => v.initMs, "p95"),
];

export function VersionTable({ versions }: { versions: Version[] }) {
  return <DataTable rows={versions} columns={COLUMNS} caption="Versions" rowKey={(v) => v.version} />;
}
