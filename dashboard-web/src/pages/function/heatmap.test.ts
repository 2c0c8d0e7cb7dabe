import { expect, it } from "vitest";
import type { HeatMap } from "../../api/client";
import { between, cellAt, cellsOf, heightOf, most, strength, sumOf, tracesOf } from "./heatmap";

const map: HeatMap = {
  boundsMs: [10, 20, 40, 80],
  columns: [
    { counts: [3, 0, 1], cold: [0, 0, 1] },
    { counts: [0, 5, 0], cold: [0, 2, 0] },
  ],
};

it("finds the cell under a place, the shortest durations at the bottom", () => {
  expect(cellAt(map, 0.1, 0.95)).toEqual({ column: 0, row: 0 });
  expect(cellAt(map, 0.9, 0.5)).toEqual({ column: 1, row: 1 });
  expect(cellAt(map, 1.2, -0.3)).toEqual({ column: 1, row: 2 });
});

it("adds up an area, in whatever direction it was drawn", () => {
  const area = between({ column: 1, row: 2 }, { column: 0, row: 0 });
  expect(area).toEqual({ column: 0, row: 0, toColumn: 1, toRow: 2 });
  expect(sumOf(map, area)).toEqual({ count: 9, cold: 3 });
});

it("shows a single one among many, and nothing where there is none", () => {
  expect(most(map)).toBe(5);
  expect(strength(0, 5000)).toBe(0);
  expect(strength(1, 5000)).toBeGreaterThan(0.15);
  expect(strength(5000, 5000)).toBe(1);
});

it("places a limit between the rows, and none outside", () => {
  expect(heightOf(map, 20)).toBeCloseTo(2 / 3);
  expect(heightOf(map, 79.9)).toBeLessThan(0.01);
  expect(heightOf(map, 100)).toBeUndefined();
});

it("asks for the traces of an area, also of those that began before it", () => {
  const area = { column: 1, row: 1, toColumn: 1, toRow: 1 };
  const address = new URL(
    tracesOf(map, area, 'a"b', 60_000, (column) => 600_000 + column * 60_000),
    "http://x",
  );
  expect(address.pathname).toBe("/traces");
  expect(address.searchParams.get("filter")).toBe(
    'function = "a\\"b" and duration >= 20ms and duration < 40ms',
  );
  expect(address.searchParams.get("from")).toBe("659960");
  expect(address.searchParams.get("to")).toBe("720000");
});

it("lists the cells that are not empty", () => {
  const map = {
    boundsMs: [1, 2, 4],
    columns: [
      { counts: [0, 3], cold: [0, 1] },
      { counts: [0, 0], cold: [0, 0] },
      { counts: [2, 0], cold: [0, 0] },
    ],
  };
  expect(cellsOf(map)).toEqual([
    { column: 0, row: 1, count: 3, cold: 1 },
    { column: 2, row: 0, count: 2, cold: 0 },
  ]);
});
