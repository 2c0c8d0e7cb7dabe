// Lines or bars over time, drawn by uPlot, and the same as a table. It gets series; it does not fetch.
// Dragging zooms into a part of the time, choosing a moment leads to its traces.
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import uPlot from "uplot";
import { type Column, DataTable } from "./DataTable";
import { Moment } from "./Moment";
import { useZoom } from "./RangePicker";

export interface Series {
  label: string;
  /** A CSS colour or variable. */
  color: string;
  values: (number | null)[];
  dashed?: boolean;
}

export function TimeChart({
  title,
  timesMs,
  series,
  format,
  bars = false,
  height = 220,
  examples,
}: {
  title: string;
  timesMs: number[];
  series: Series[];
  format: (value: number) => string;
  bars?: boolean;
  height?: number;
  /** The address of traces, without a time, that a moment leads to. */
  examples?: string;
}) {
  const navigate = useNavigate();
  const zoom = useZoom();
  const [asTable, setAsTable] = useState(false);
  const step = (timesMs[1] ?? 0) - (timesMs[0] ?? 0);
  const tracesAt = (ms: number) => `${examples}&from=${ms - step}&to=${ms + 2 * step}`;
  // What a chart that was drawn before calls is always what holds now.
  const actions = useRef({ zoom, pick: (_ms: number) => {} });
  actions.current = {
    zoom,
    pick: (ms) => {
      if (examples) {
        navigate(tracesAt(ms));
      }
    },
  };
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the scheme changes
  useEffect(() => {
    const element = holder.current;
    if (!element) {
      return;
    }
    const css = getComputedStyle(element);
    const resolved = (color: string) =>
      color.startsWith("var(") ? css.getPropertyValue(color.slice(4, -1)).trim() : color;
    const axis = {
      stroke: resolved("var(--thaw-muted)"),
      grid: { stroke: resolved("var(--thaw-faint)"), width: 1 },
    };
    const data = [timesMs.map((ms) => ms / 1000), ...(bars ? stacked(series) : series.map((s) => s.values))];
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        cursor: { y: false, drag: { x: true, y: false, setScale: false } },
        hooks: {
          setSelect: [
            (u) => {
              if (u.select.width > 4) {
                const from = u.posToVal(u.select.left, "x") * 1000;
                actions.current.zoom(from, u.posToVal(u.select.left + u.select.width, "x") * 1000);
              }
            },
          ],
          ready: [
            (u) =>
              u.over.addEventListener("click", () => {
                const ms = timesMs[u.cursor.idx ?? -1];
                if (u.select.width <= 4 && ms !== undefined) {
                  actions.current.pick(ms);
                }
              }),
          ],
        },
        scales: { y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
        axes: [
          { ...axis, space: 70, values: (_u, ticks) => ticks.map(clock) },
          { ...axis, size: 64, values: (_u, ticks) => ticks.map(format) },
        ],
        series: [
          {
            value: (_u, seconds) =>
              seconds === null ? "" : new Date(seconds * 1000).toLocaleTimeString("en-GB"),
          },
          ...series.map((s, index) => ({
            label: s.label,
            stroke: resolved(s.color),
            width: bars ? 0 : 1.75,
            dash: s.dashed ? [6, 5] : undefined,
            fill: bars ? resolved(s.color) : undefined,
            paths: bars ? uPlot.paths.bars?.({ size: [0.8, 40] }) : undefined,
            points: { show: !bars && s.values.filter((v) => v !== null).length < 40 && !s.dashed, size: 5 },
            value: (_u: uPlot, _value: number | null, _series: number, at: number | null) => {
              const own = at === null ? null : series[index]?.values[at];
              return own === null || own === undefined ? "–" : format(own);
            },
          })),
        ],
      },
      data as uPlot.AlignedData,
      element,
    );
    const resize = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.destroy();
    };
  }, [timesMs, series, scheme, bars, height, format, asTable]);
  return (
    <figure className="panel" style={{ margin: 0 }}>
      <figcaption className="chart-head">
        <span>{title}</span>
        <button
          type="button"
          className="chart-switch"
          aria-pressed={asTable}
          aria-label={`${title} as a table`}
          onClick={() => setAsTable(!asTable)}
        >
          Table
        </button>
      </figcaption>
      {asTable ? (
        <div className="chart-table" style={{ height: height + 30 }}>
          <DataTable
            caption={title}
            rows={timesMs.map((ms, at) => ({ ms, at }))}
            columns={columns(series, format, examples ? tracesAt : undefined)}
            rowKey={(row) => String(row.ms)}
          />
        </div>
      ) : (
        <div
          ref={holder}
          role="img"
          aria-label={summary(title, series, format)}
          style={{ minHeight: height + 30, cursor: examples ? "pointer" : undefined }}
        />
      )}
    </figure>
  );
}

interface Row {
  ms: number;
  at: number;
}

function columns(
  series: Series[],
  format: (value: number) => string,
  tracesAt: ((ms: number) => string) | undefined,
): Column<Row>[] {
  const value = (s: Series, row: Row) => s.values[row.at] ?? null;
  return [
    {
      key: "time",
      title: "Time",
      sort: (row) => row.ms,
      render: (row) => {
        const text = <Moment ms={row.ms} />;
        return tracesAt ? <Link to={tracesAt(row.ms)}>{text}</Link> : text;
      },
    },
    ...series.map((s) => ({
      key: s.label,
      title: s.label,
      number: true,
      sort: (row: Row) => value(s, row) ?? -1,
      render: (row: Row) => {
        const own = value(s, row);
        return own === null ? "–" : format(own);
      },
    })),
  ];
}

/** Each bar stands on the ones after it: uPlot paints the first series first, so it must be the tallest. */
function stacked(series: Series[]): (number | null)[][] {
  return series.map((s, i) =>
    s.values.map((_, at) => series.slice(i).reduce((sum, upper) => sum + (upper.values[at] ?? 0), 0)),
  );
}

/** Hours and minutes; the day at midnight. */
function clock(seconds: number): string {
  const date = new Date(seconds * 1000);
  return date.getHours() === 0 && date.getMinutes() === 0
    ? date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })
    : date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** What a screen reader says in place of the picture. */
function summary(title: string, series: Series[], format: (value: number) => string): string {
  const parts = series.map((s) => {
    const known = s.values.filter((v): v is number => v !== null);
    return known.length === 0 ? `${s.label}: no data` : `${s.label}: at most ${format(Math.max(...known))}`;
  });
  return `${title}. ${parts.join(", ")}`;
}
