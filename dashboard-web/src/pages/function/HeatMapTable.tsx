// The heat map in numbers: its cells that are not empty, the newest first.
import { Link } from "react-router";
import type { FunctionDetail } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { count, duration } from "../../components/format";
import { Moment } from "../../components/Moment";
import { type Cell, cellsOf, tracesOf } from "./heatmap";

export function HeatMapTable({ detail }: { detail: FunctionDetail }) {
  const { heatMap: map, points, stepMs } = detail;
  const timeMs = (column: number) => points[column]?.timeMs ?? detail.fromMs;
  const address = (cell: Cell) =>
    tracesOf(
      map,
      { column: cell.column, row: cell.row, toColumn: cell.column, toRow: cell.row },
      detail.summary.name,
      stepMs,
      timeMs,
    );
  const columns: Column<Cell>[] = [
    {
      key: "time",
      title: "From",
      sort: (cell) => cell.column,
      render: (cell) => (
        <Link to={address(cell)}>
          <Moment ms={timeMs(cell.column)} />
        </Link>
      ),
    },
    {
      key: "low",
      title: "At least",
      number: true,
      sort: (cell) => cell.row,
      render: (cell) => duration(map.boundsMs[cell.row] ?? 0),
    },
    {
      key: "high",
      title: "Less than",
      number: true,
      sort: (cell) => cell.row,
      render: (cell) => duration(map.boundsMs[cell.row + 1] ?? 0),
    },
    { key: "count", title: "Invocations", number: true, sort: (c) => c.count, render: (c) => count(c.count) },
    { key: "cold", title: "Cold", number: true, sort: (c) => c.cold, render: (c) => count(c.cold) },
  ];
  return (
    <DataTable
      caption="Durations, one by one"
      rows={cellsOf(map)}
      columns={columns}
      rowKey={(cell) => `${cell.column} ${cell.row}`}
      initialSort={{ key: "time", descending: true }}
    />
  );
}
