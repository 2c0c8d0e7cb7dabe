// How long invocations took, each of them: time to the right, duration upwards, cold ones marked. Draw an area to see its traces.
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import type { FunctionDetail } from "../../api/client";
import { prepared } from "../../components/canvas";
import { count, duration, moment } from "../../components/format";
import { useWidth } from "../../components/useWidth";
import { HeatMapTable } from "./HeatMapTable";
import { type Area, between, cellAt, heightOf, most, rowsOf, strength, sumOf, tracesOf } from "./heatmap";
import "./heatmap.css";

const HEIGHT = 240;

export function HeatMapChart({ detail }: { detail: FunctionDetail }) {
  const { heatMap: map, points, stepMs, timeoutMs } = detail;
  const name = detail.summary.name;
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme("light");
  const navigate = useNavigate();
  const [asTable, setAsTable] = useState(false);
  const [area, setArea] = useState<Area>();
  const [start, setStart] = useState<{ column: number; row: number }>();
  const width = useWidth(holder);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the scheme changes
  useEffect(() => {
    if (canvas.current && width > 0) {
      draw(canvas.current, width, map);
    }
  }, [map, width, scheme]);
  const timeMs = (column: number) => points[column]?.timeMs ?? detail.fromMs;
  const cell = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return cellAt(map, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const rows = rowsOf(map);
  if (rows === 0) {
    return null;
  }
  const limit = timeoutMs > 0 ? heightOf(map, timeoutMs) : undefined;
  const whole: Area = { column: 0, row: 0, toColumn: map.columns.length - 1, toRow: rows - 1 };
  const all = sumOf(map, whole);
  return (
    <figure className="panel heat" aria-label="Durations, one by one">
      <figcaption>
        <strong>Durations, one by one</strong>
        <span className="muted heat-legend">
          <i className="heat-warm" /> warm <i className="heat-cold" /> with cold starts{" "}
          <button
            type="button"
            className="chart-switch"
            aria-pressed={asTable}
            aria-label="Durations, one by one, as a table"
            onClick={() => setAsTable(!asTable)}
          >
            Table
          </button>
        </span>
      </figcaption>
      {asTable && (
        <div className="chart-table" style={{ height: HEIGHT + 30 }}>
          <HeatMapTable detail={detail} />
        </div>
      )}
      {/* Stays, hidden, so that it needs no drawing when it comes back. */}
      <div className="heat-body" style={{ display: asTable ? "none" : undefined }}>
        <ol className="heat-axis" aria-hidden="true">
          {map.boundsMs.map((bound, i) =>
            i % Math.max(2, 2 * Math.ceil(rows / 12)) === 0 ? (
              <li key={bound} style={{ bottom: `${(i / rows) * 100}%` }}>
                {duration(bound)}
              </li>
            ) : null,
          )}
        </ol>
        <div
          ref={holder}
          className="heat-field"
          style={{ height: HEIGHT }}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setStart(cell(event));
            setArea(between(cell(event), cell(event)));
          }}
          onPointerMove={(event) => setArea(between(start ?? cell(event), cell(event)))}
          onPointerUp={() => {
            if (area && sumOf(map, area).count > 0) {
              navigate(tracesOf(map, area, name, stepMs, timeMs));
            }
            setStart(undefined);
          }}
          onPointerLeave={() => {
            if (!start) {
              setArea(undefined);
            }
          }}
        >
          <canvas
            ref={canvas}
            role="img"
            aria-label={`Durations of ${count(all.count)} invocations from ${duration(map.boundsMs[0] ?? 0)} to ${duration(map.boundsMs[rows] ?? 0)}, ${count(all.cold)} of them cold. The table says the same in numbers.`}
          />
          {limit !== undefined && (
            <div className="heat-limit" style={{ top: `${limit * 100}%` }}>
              <span>time limit</span>
            </div>
          )}
          {area && (
            <div
              className="heat-area"
              style={{
                left: `${(area.column / map.columns.length) * 100}%`,
                width: `${((area.toColumn - area.column + 1) / map.columns.length) * 100}%`,
                bottom: `${(area.row / rows) * 100}%`,
                height: `${((area.toRow - area.row + 1) / rows) * 100}%`,
              }}
            />
          )}
        </div>
      </div>
      <div className="heat-times" aria-hidden="true" style={{ display: asTable ? "none" : undefined }}>
        <span>{moment(timeMs(0)).slice(0, -3)}</span>
        <span>{moment(timeMs(Math.floor(points.length / 2))).slice(0, -3)}</span>
        <span>{moment(timeMs(points.length - 1) + stepMs).slice(0, -3)}</span>
      </div>
      <p className="heat-foot" role="status">
        {asTable ? (
          <span className="muted">Each time leads to the traces of its line.</span>
        ) : area ? (
          <Words detail={detail} area={area} />
        ) : (
          <span className="muted">
            Point at a cell to read it, choose it or draw an area to see its traces.
          </span>
        )}
      </p>
    </figure>
  );
}

function Words({ detail, area }: { detail: FunctionDetail; area: Area }) {
  const { heatMap: map, points, stepMs } = detail;
  const sum = sumOf(map, area);
  const from = points[area.column]?.timeMs ?? 0;
  const to = (points[area.toColumn]?.timeMs ?? 0) + stepMs;
  return (
    <>
      {moment(from).slice(0, -3)} – {moment(to, from).slice(0, -3)}, {duration(map.boundsMs[area.row] ?? 0)} –{" "}
      {duration(map.boundsMs[area.toRow + 1] ?? 0)}: <strong>{count(sum.count)}</strong>
      {sum.cold > 0 && `, ${count(sum.cold)} of them cold`}
    </>
  );
}

function draw(canvas: HTMLCanvasElement, width: number, map: FunctionDetail["heatMap"]) {
  const context = prepared(canvas, width, HEIGHT);
  if (!context) {
    return;
  }
  const css = getComputedStyle(canvas);
  const warm = css.getPropertyValue("--mantine-primary-color-filled").trim();
  const cold = css.getPropertyValue("--thaw-critical").trim();
  const rows = rowsOf(map);
  const wide = width / map.columns.length;
  const high = HEIGHT / rows;
  const full = most(map);
  map.columns.forEach((column, x) => {
    column.counts.forEach((value, row) => {
      if (value === 0) {
        return;
      }
      const left = x * wide;
      const top = HEIGHT - (row + 1) * high;
      context.globalAlpha = strength(value, full);
      context.fillStyle = warm;
      context.fillRect(left, top, Math.max(1, wide - 1), Math.max(1, high - 1));
      if ((column.cold[row] ?? 0) > 0) {
        context.globalAlpha = 1;
        context.fillStyle = cold;
        context.fillRect(left, top, Math.max(2, Math.min(4, wide / 3)), Math.max(1, high - 1));
      }
    });
  });
}
