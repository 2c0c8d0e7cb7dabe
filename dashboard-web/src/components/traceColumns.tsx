// What a list of traces says of each.
import type { TraceItem } from "../api/client";
import type { Column } from "./DataTable";
import { count, duration } from "./format";
import { OutcomeMark } from "./OutcomeMark";

export const outcomeColumn: Column<TraceItem> = {
  key: "outcome",
  title: "Worst outcome",
  sort: (t) => t.outcome,
  render: (t) => <OutcomeMark outcome={t.outcome} />,
};

export const durationColumn: Column<TraceItem> = {
  key: "duration",
  title: "First to last",
  number: true,
  sort: (t) => t.durationMs,
  render: (t) => duration(t.durationMs),
};

export const coldColumn: Column<TraceItem> = {
  key: "cold",
  title: "Cold",
  number: true,
  sort: (t) => t.coldStarts,
  render: (t) =>
    t.coldStarts > 0 ? (
      <span style={{ color: "var(--thaw-cold)", fontWeight: 600 }}>{count(t.coldStarts)}</span>
    ) : (
      <span className="muted">0</span>
    ),
};
