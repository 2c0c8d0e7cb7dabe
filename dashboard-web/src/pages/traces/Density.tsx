// When did the traces that fit begin, and how did they come out? All of them, also those that the table leaves out.
import { useMemo } from "react";
import { type Range, type TraceFilter, useTraceDensity } from "../../api/client";
import { count } from "../../components/format";
import { TimeChart } from "../../components/TimeChart";

export function Density({
  range,
  filter,
  shown,
  address,
}: {
  range: Range;
  filter: TraceFilter;
  shown: number;
  /** Of this page with its filter, without a time. */
  address: string;
}) {
  const { data } = useTraceDensity(range, filter);
  const times = useMemo(() => data?.bars.map((bar) => bar.timeMs) ?? [], [data]);
  const series = useMemo(() => {
    const bars = data?.bars ?? [];
    const all = [
      { label: "failed", color: "var(--thaw-error)", values: bars.map((bar) => bar.failed) },
      {
        label: "ok",
        color: "var(--mantine-primary-color-filled)",
        values: bars.map((bar) => bar.ok),
      },
      { label: "running", color: "var(--thaw-running)", values: bars.map((bar) => bar.running) },
    ];
    return all.filter((line) => line.label === "ok" || line.values.some((value) => value > 0));
  }, [data]);
  return (
    // Keeps its place while it is asked, so that the table does not jump.
    <div style={{ marginBottom: 12, minHeight: 208 }}>
      {data && (
        <TimeChart
          title={data.traces > shown ? `${count(data.traces)} traces; the newest ${shown} below` : "Traces"}
          timesMs={times}
          series={series}
          format={count}
          bars
          examples={address}
          height={130}
        />
      )}
    </div>
  );
}
