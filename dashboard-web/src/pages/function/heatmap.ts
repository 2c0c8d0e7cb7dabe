// Which cell of a heat map lies where, how strong it is, and what an area of cells asks for. Plain functions.
import type { HeatMap } from "../../api/client";
import { quoted } from "../../components/filter";

/** An area of cells; both ends belong to it. */
export interface Area {
  column: number;
  row: number;
  toColumn: number;
  toRow: number;
}

export function rowsOf(map: HeatMap): number {
  return Math.max(0, map.boundsMs.length - 1);
}

/** The cell at a place of the picture, from 0 to 1 in both directions, from the top left; always one that is there. */
export function cellAt(map: HeatMap, x: number, y: number): { column: number; row: number } {
  const inside = (at: number, count: number) => Math.max(0, Math.min(count - 1, Math.floor(at * count)));
  return {
    column: inside(x, map.columns.length),
    // The shortest durations are at the bottom.
    row: inside(1 - y, rowsOf(map)),
  };
}

export function between(a: { column: number; row: number }, b: { column: number; row: number }): Area {
  return {
    column: Math.min(a.column, b.column),
    row: Math.min(a.row, b.row),
    toColumn: Math.max(a.column, b.column),
    toRow: Math.max(a.row, b.row),
  };
}

export interface Sum {
  count: number;
  cold: number;
}

export function sumOf(map: HeatMap, area: Area): Sum {
  const sum = { count: 0, cold: 0 };
  for (const column of map.columns.slice(area.column, area.toColumn + 1)) {
    for (let row = area.row; row <= area.toRow; row++) {
      sum.count += column.counts[row] ?? 0;
      sum.cold += column.cold[row] ?? 0;
    }
  }
  return sum;
}

export interface Cell extends Sum {
  column: number;
  row: number;
}

/** Those that are not empty, in the order of their time and duration. */
export function cellsOf(map: HeatMap): Cell[] {
  return map.columns.flatMap((values, column) =>
    values.counts.flatMap((count, row) =>
      count > 0 ? [{ column, row, count, cold: values.cold[row] ?? 0 }] : [],
    ),
  );
}

export function most(map: HeatMap): number {
  return map.columns.reduce((most, column) => Math.max(most, ...column.counts), 0);
}

/** From 0 to 1; a single one among thousands is still seen. */
export function strength(count: number, most: number): number {
  return count === 0 ? 0 : 0.15 + 0.85 * (Math.log1p(count) / Math.log1p(Math.max(1, most)));
}

/** Where a duration lies, from 0 at the top to 1; undefined when it is outside. */
export function heightOf(map: HeatMap, ms: number): number | undefined {
  const { boundsMs } = map;
  const row = boundsMs.findIndex((bound, i) => bound <= ms && ms < (boundsMs[i + 1] ?? 0));
  if (row < 0) {
    return undefined;
  }
  const low = Math.max(boundsMs[row] ?? 0, 0.001);
  const high = boundsMs[row + 1] ?? low;
  const part = Math.log(Math.max(ms, low) / low) / Math.log(high / low);
  return 1 - (row + part) / rowsOf(map);
}

/** The address of the traces that an area is about. */
export function tracesOf(
  map: HeatMap,
  area: Area,
  name: string,
  stepMs: number,
  timeMs: (column: number) => number,
): string {
  const low = map.boundsMs[area.row] ?? 0;
  const high = map.boundsMs[area.toRow + 1] ?? 0;
  const filter = `function = ${quoted(name)} and duration >= ${ms(low)} and duration < ${ms(high)}`;
  // What ended in a step began before it, by as long as it took.
  const from = Math.floor(timeMs(area.column) - high);
  const to = Math.ceil(timeMs(area.toColumn) + stepMs);
  return `/traces?filter=${encodeURIComponent(filter)}&from=${from}&to=${to}`;
}

function ms(value: number): string {
  return `${Number(value.toFixed(3))}ms`;
}
