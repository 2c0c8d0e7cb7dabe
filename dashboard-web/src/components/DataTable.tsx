// A table that sorts by its columns. It gets rows; it does not fetch.
import { type ReactNode, useState } from "react";

export interface Column<T> {
  key: string;
  title: string;
  /** Numbers stand to the right. */
  number?: boolean;
  /** Its text may be long, and goes over several lines. */
  wide?: boolean;
  render: (row: T) => ReactNode;
  /** What to sort by; without it the column does not sort. */
  sort?: (row: T) => number | string;
}

export function DataTable<T>({
  rows,
  columns,
  rowKey,
  initialSort,
  caption,
}: {
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  initialSort?: { key: string; descending: boolean };
  caption: string;
}) {
  const [sorting, setSorting] = useState(initialSort);
  const column = columns.find((candidate) => candidate.key === sorting?.key);
  const sorted = column?.sort ? [...rows].sort(by(column.sort, sorting?.descending ?? false)) : rows;
  return (
    <section className="scroll-x" tabIndex={0} aria-label={caption}>
      <table className="data">
        <thead>
          <tr>
            {columns.map((col) => {
              const active = sorting?.key === col.key;
              return (
                <th
                  key={col.key}
                  className={col.number ? "number" : undefined}
                  aria-sort={active ? (sorting.descending ? "descending" : "ascending") : undefined}
                >
                  {col.sort ? (
                    <button
                      type="button"
                      onClick={() =>
                        setSorting({
                          key: col.key,
                          descending: active ? !sorting.descending : Boolean(col.number),
                        })
                      }
                    >
                      {col.title}
                      {active && <span aria-hidden="true">{sorting.descending ? " ↓" : " ↑"}</span>}
                    </button>
                  ) : (
                    col.title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((col) => (
                <td key={col.key} className={col.number ? "number" : col.wide ? "wide" : undefined}>
                  {col.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function by<T>(value: (row: T) => number | string, descending: boolean) {
  return (a: T, b: T) => {
    const x = value(a);
    const y = value(b);
    const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
    return descending ? -order : order;
  };
}
