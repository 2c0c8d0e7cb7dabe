// The trace as bars over time; of a long one only the rows in sight are made. Rows can be walked with the arrow keys; the chosen one shows its details beside it.
import { TextInput, useComputedColorScheme } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { SpanItem, TraceDetail } from "../../api/client";
import { duration } from "../../components/format";
import { find, hue, isPhase, label, type Row, rows, target, ticks } from "../../components/waterfall";
import { Minimap } from "./Minimap";
import "./waterfall.css";

const ROW_PX = 31;

/** So many rows are all made, so that the browser's own search finds them. */
const FEW_ROWS = 300;
const OVERSCAN = 8;

/** More rows than fit into a window have a map. */
const MAPPED_ROWS = 30;

export function Waterfall({
  trace,
  chosen,
  onChoose,
}: {
  trace: TraceDetail;
  chosen: string | undefined;
  onChoose: (span: SpanItem) => void;
}) {
  const list = useMemo(() => rows(trace), [trace]);
  const holder = useRef<HTMLDivElement>(null);
  const virtual = useWindowVirtualizer({
    count: list.length,
    estimateSize: () => ROW_PX,
    overscan: list.length <= FEW_ROWS ? FEW_ROWS : OVERSCAN,
    scrollMargin: holder.current?.offsetTop ?? 0,
  });
  // A link to one of thousands of spans shows it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is opened
  useEffect(() => {
    const at = list.findIndex((row) => row.span.spanId === chosen);
    if (at > FEW_ROWS) {
      virtual.scrollToIndex(at, { align: "center" });
    }
  }, []);
  const top = useCallback(() => (holder.current?.getBoundingClientRect().top ?? 0) + window.scrollY, []);
  const scheme = useComputedColorScheme("light");
  const walk = (event: React.KeyboardEvent, at: number) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = list[at + step];
    if (step !== 0 && next) {
      event.preventDefault();
      onChoose(next.span);
      holder.current?.querySelector<HTMLElement>(`[aria-rowindex="${at + step + 1}"]`)?.focus();
    }
  };
  const [search, setSearch] = useState("");
  const found = useMemo(() => find(list, search), [list, search]);
  const current = found.findIndex((at) => list[at]?.span.spanId === chosen);
  const toNext = (step: number) => {
    const at = found[(current + step + found.length) % Math.max(1, found.length)];
    const row = at === undefined ? undefined : list[at];
    if (row && at !== undefined) {
      onChoose(row.span);
      virtual.scrollToIndex(at, { align: "center" });
    }
  };
  // Rows that stay are not made again when others come; what they call is always what holds now.
  const actions = useRef({ walk, onChoose });
  actions.current = { walk, onChoose };
  return (
    <div className="waterfall panel flush">
      <div className="waterfall-find">
        <TextInput
          size="xs"
          aria-label="Find in this trace"
          placeholder="Name, function or attribute"
          w={240}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              toNext(event.shiftKey ? -1 : 1);
            }
          }}
        />
        <span className="muted" role="status">
          {search.trim() !== "" &&
            (found.length === 0
              ? "nothing has it"
              : `${current + 1 > 0 ? `${current + 1} of ` : ""}${found.length}; Enter leads to the next`)}
        </span>
      </div>
      {list.length > MAPPED_ROWS && (
        <Minimap
          list={list}
          functions={trace.functions}
          rowPx={ROW_PX}
          top={top}
          onMove={(at) => virtual.scrollToIndex(at, { align: "center" })}
        />
      )}
      <div className="ruler" aria-hidden>
        <div className="label" />
        <div className="track">
          {ticks(trace.durationUs * 0.96, 6).map((us) => (
            <span key={us} style={{ left: `${(us / Math.max(1, trace.durationUs)) * 100}%` }}>
              {duration(us / 1000)}
            </span>
          ))}
        </div>
      </div>
      <div
        role="treegrid"
        aria-label="Spans of the trace"
        aria-rowcount={list.length}
        ref={holder}
        className="rows"
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map(({ index: at, start }) => {
          const row = list[at];
          return row ? (
            <WaterfallRow
              key={row.span.spanId}
              at={at}
              top={start - virtual.options.scrollMargin}
              row={row}
              functions={trace.functions}
              traceUs={trace.durationUs}
              chosen={row.span.spanId === chosen}
              first={at === 0}
              anyChosen={chosen !== undefined}
              scheme={scheme}
              actions={actions}
            />
          ) : null;
        })}
      </div>
    </div>
  );
}

const WaterfallRow = memo(function WaterfallRow({
  at,
  top,
  row,
  functions,
  traceUs,
  chosen,
  first,
  anyChosen,
  scheme,
  actions,
}: {
  at: number;
  top: number;
  row: Row;
  functions: string[];
  traceUs: number;
  chosen: boolean;
  first: boolean;
  anyChosen: boolean;
  scheme: "light" | "dark";
  actions: React.RefObject<{
    walk: (event: React.KeyboardEvent, at: number) => void;
    onChoose: (span: SpanItem) => void;
  }>;
}) {
  const { span } = row;
  const init = isPhase(span);
  const invocation = span.outcome !== "";
  const lightness = scheme === "dark" ? (invocation ? 52 : 40) : invocation ? 42 : 64;
  const color = init
    ? "var(--thaw-cold)"
    : `hsl(${hue(span.function, functions)} ${invocation ? 55 : 45}% ${lightness}%)`;
  const bad = span.status === "error" || span.unfinished;
  const end = row.left + row.width;
  const to = target(span);
  const text = duration(span.durationUs / 1000);
  return (
    <div
      role="row"
      aria-rowindex={at + 1}
      aria-level={row.depth + 1}
      style={{ transform: `translateY(${top}px)` }}
      aria-selected={chosen}
      tabIndex={chosen || (first && !anyChosen) ? 0 : -1}
      className={`row${chosen ? " chosen" : ""}`}
      onClick={() => actions.current.onChoose(span)}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          actions.current.onChoose(span);
        }
        actions.current.walk(event, at);
      }}
    >
      <div role="gridcell" className="label" style={{ paddingLeft: 12 + Math.min(row.depth, 8) * 14 }}>
        <span className="dot" style={{ background: color }} aria-hidden />
        <span className={invocation ? "name strong" : "name"} title={`${label(span)} ${to}`.trim()}>
          {label(span)}
        </span>
        {to && <span className="target">{to}</span>}
        {span.cold && <span className="tag cold">cold</span>}
        {row.throttles > 0 && <span className="tag throttle">{row.throttles}× throttled</span>}
        {span.outcome === "timeout" && <span className="tag timeout">timed out</span>}
        {span.outcome === "crash" && (
          <span className="tag timeout">
            {span.attributes["error.type"] === "killed" ? "killed" : "crashed"}
          </span>
        )}
        {span.outcome === "init_timeout" && <span className="tag timeout">start timed out</span>}
        {span.outcome === "init_error" && <span className="tag error">start failed</span>}
        {span.outcome === "error" && <span className="tag error">error</span>}
        {span.unfinished && <span className="tag timeout">no answer</span>}
      </div>
      <div role="gridcell" className="track" aria-label={text}>
        {row.wait && (
          <span
            className="wait"
            title={`waited ${duration((row.wait.width * traceUs) / 1000)}`}
            style={{ left: `${row.wait.left * 100}%`, width: `${row.wait.width * 100}%` }}
          />
        )}
        {row.critical.map((part) => (
          <span
            key={part.left}
            className="critical"
            style={{
              left: `min(${part.left * 100}%, 100% - 3px)`,
              width: `max(3px, ${part.width * 100}%)`,
            }}
          />
        ))}
        <span
          className={`bar${init ? " init" : ""}${span.unfinished ? " open" : ""}`}
          style={{
            left: `min(${row.left * 100}%, 100% - 3px)`,
            width: `max(3px, ${row.width * 100}%)`,
            background: init || span.unfinished ? undefined : color,
            borderColor: bad ? "var(--thaw-error)" : color,
            color,
          }}
        />
        <span
          className={row.wait ? "time above" : "time"}
          style={
            end > 0.82
              ? { right: `${Math.max(0, 1 - row.left) * 100}%`, marginRight: 6 }
              : { left: `${end * 100}%`, marginLeft: 6 }
          }
        >
          {text}
        </span>
      </div>
    </div>
  );
});
