// What depends on what, and which chains are slow? Functions, queues, tables and services, and the calls between them.
import { useMemo } from "react";
import { useNavigate } from "react-router";
import { type Chains, type EdgeItem, type SlowChain, useChains, useSlowChains } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { count, duration, plural } from "../../components/format";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange, useRange } from "../../components/RangePicker";
import { layout, NODE_HEIGHT, NODE_WIDTH, path } from "./layout";

export function ChainsPage() {
  const { range, label } = useRange();
  const query = useChains(range);
  return (
    <>
      <PageHeader title="Chains" question="What depends on what?" />
      <Loaded query={query}>
        {(chains) =>
          chains.nodes.length === 0 ? (
            <Notice title="No calls">{label}: no function was invoked.</Notice>
          ) : (
            <>
              {!chains.complete && (
                <p className="muted">
                  This range holds more spans than the map looks at; it shows the newest.
                </p>
              )}
              <ChainMap chains={chains} />
              <SlowChains />
              <div className="panel flush" style={{ marginTop: 12 }}>
                <Edges chains={chains} />
              </div>
            </>
          )
        }
      </Loaded>
    </>
  );
}

const KIND: Record<string, string> = {
  function: "function",
  queue: "queue",
  topic: "topic",
  bus: "event bus",
  stream: "stream",
  table: "table",
  bucket: "bucket",
  service: "service",
  schedule: "schedule",
  outside: "callers outside",
};

/** What things pass through is round; what keeps them is square. */
const ROUND: Record<string, number> = {
  queue: 26,
  topic: 26,
  bus: 26,
  stream: 26,
  table: 2,
  bucket: 2,
  schedule: 26,
};

function ChainMap({ chains }: { chains: Chains }) {
  const placed = useMemo(() => layout(chains), [chains]);
  const navigate = useNavigate();
  const keep = useKeepRange();
  return (
    <section
      className="panel scroll-x"
      style={{ padding: 0 }}
      tabIndex={0}
      aria-label="Map of the chains; the table below says the same"
    >
      <svg
        viewBox={`0 0 ${placed.width} ${placed.height}`}
        style={{
          display: "block",
          margin: "0 auto",
          width: "100%",
          height: "auto",
          maxWidth: placed.width,
          // A wide map scrolls before its text becomes too small to read.
          minWidth: Math.min(placed.width, Math.max(900, placed.width * 0.6)),
        }}
        aria-hidden="true"
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX={7}
            refY={4}
            markerUnits="userSpaceOnUse"
            markerWidth={11}
            markerHeight={11}
            orient="auto-start-reverse"
          >
            <path d="M0,0 L8,4 L0,8 z" fill="var(--thaw-muted)" />
          </marker>
        </defs>
        {placed.edges.map(({ edge, points, label }) => (
          <g
            key={`${edge.from}>${edge.to}`}
            style={{ cursor: "pointer" }}
            onClick={() => navigate(keep(`/traces/${edge.exampleTraceId}`))}
          >
            <path
              d={path(points)}
              fill="none"
              stroke={edge.errors > 0 ? "var(--thaw-error)" : "var(--thaw-muted)"}
              strokeWidth={1.25 + Math.min(3, Math.log10(1 + edge.calls))}
              strokeOpacity={0.7}
              markerEnd="url(#arrow)"
            />
            <rect
              x={label.x - 50}
              y={label.y - 17}
              width={100}
              height={edge.throttles > 0 ? 50 : 35}
              rx={6}
              fill="var(--thaw-surface)"
            />
            <text
              x={label.x}
              y={label.y - 3}
              textAnchor="middle"
              fontSize={14}
              fontWeight={600}
              fill="var(--mantine-color-text)"
            >
              {count(edge.calls)}×
              {edge.errors > 0 && <tspan fill="var(--thaw-error)">{` ${count(edge.errors)} failed`}</tspan>}
            </text>
            <text x={label.x} y={label.y + 13} textAnchor="middle" fontSize={12.5} fill="var(--thaw-muted)">
              {edge.waitMs && edge.waitMs.p95 > (edge.durationMs?.p95 ?? 0)
                ? `waits p95 ${duration(edge.waitMs.p95)}`
                : edge.durationMs
                  ? `p95 ${duration(edge.durationMs.p95)}`
                  : ""}
            </text>
            {edge.throttles > 0 && (
              <text
                x={label.x}
                y={label.y + 28}
                textAnchor="middle"
                fontSize={12.5}
                fontWeight={600}
                fill="var(--thaw-throttle)"
              >
                {count(edge.throttles)} throttled
              </text>
            )}
          </g>
        ))}
        {placed.nodes.map(({ node, x, y }) => (
          <g
            key={node.id}
            transform={`translate(${x - NODE_WIDTH / 2},${y - NODE_HEIGHT / 2})`}
            style={{ cursor: node.kind === "function" ? "pointer" : "default" }}
            onClick={() => {
              if (node.kind === "function") {
                navigate(keep(`/functions/${encodeURIComponent(node.label)}`));
              }
            }}
          >
            <rect
              width={NODE_WIDTH}
              height={NODE_HEIGHT}
              rx={ROUND[node.kind] ?? 10}
              fill={node.kind === "function" ? "var(--thaw-surface)" : "var(--thaw-faint)"}
              stroke={
                node.failures > 0
                  ? "var(--thaw-error)"
                  : node.kind === "function"
                    ? "var(--mantine-primary-color-filled)"
                    : "var(--thaw-line)"
              }
              strokeWidth={1.5}
              strokeDasharray={node.kind === "outside" || node.kind === "service" ? "5 4" : undefined}
            />
            <text
              x={NODE_WIDTH / 2}
              y={23}
              textAnchor="middle"
              fontSize={15}
              fontWeight={650}
              fill="var(--mantine-color-text)"
            >
              {node.label.length > 17 ? `${node.label.slice(0, 16)}…` : node.label}
              <title>{node.label}</title>
            </text>
            <text x={NODE_WIDTH / 2} y={42} textAnchor="middle" fontSize={12.5} fill="var(--thaw-muted)">
              {node.kind === "function" ? plural(node.invocations, "invocation") : KIND[node.kind]}
            </text>
          </g>
        ))}
      </svg>
    </section>
  );
}

function Edges({ chains }: { chains: Chains }) {
  const label = (id: string) => chains.nodes.find((node) => node.id === id)?.label ?? id;
  const through = (e: EdgeItem) =>
    chains.nodes
      .filter((node) => node.kind === "function" && (node.id === e.from || node.id === e.to))
      .map((node) => node.label)
      .join(",");
  const navigate = useNavigate();
  const keep = useKeepRange();
  const columns: Column<EdgeItem>[] = [
    { key: "from", title: "From", sort: (e) => label(e.from), render: (e) => label(e.from) },
    { key: "to", title: "To", sort: (e) => label(e.to), render: (e) => <strong>{label(e.to)}</strong> },
    { key: "calls", title: "Calls", number: true, sort: (e) => e.calls, render: (e) => count(e.calls) },
    {
      key: "errors",
      title: "Failed",
      number: true,
      sort: (e) => e.errors,
      render: (e) => (
        <span style={{ color: e.errors > 0 ? "var(--thaw-error)" : undefined }}>{count(e.errors)}</span>
      ),
    },
    {
      key: "throttles",
      title: "Throttled",
      number: true,
      sort: (e) => e.throttles,
      render: (e) => (
        <span style={{ color: e.throttles > 0 ? "var(--thaw-throttle)" : undefined }}>
          {count(e.throttles)}
        </span>
      ),
    },
    {
      key: "p50",
      title: "p50",
      number: true,
      sort: (e) => e.durationMs?.p50 ?? 0,
      render: (e) => (e.durationMs ? duration(e.durationMs.p50) : "–"),
    },
    {
      key: "p95",
      title: "p95",
      number: true,
      sort: (e) => e.durationMs?.p95 ?? 0,
      render: (e) => (e.durationMs ? duration(e.durationMs.p95) : "–"),
    },
    {
      key: "wait",
      title: "Waiting p95",
      number: true,
      sort: (e) => e.waitMs?.p95 ?? 0,
      render: (e) => (e.waitMs ? duration(e.waitMs.p95) : "–"),
    },
    {
      key: "example",
      title: "Look at",
      render: (e) => (
        <>
          <Go to={keep(`/traces/${e.exampleTraceId}`)} navigate={navigate}>
            one<span className="sr-only">{` trace from ${label(e.from)} to ${label(e.to)}`}</span>
          </Go>
          {" · "}
          <Go to={keep(`/traces?through=${encodeURIComponent(through(e))}`)} navigate={navigate}>
            traces<span className="sr-only">{` from ${label(e.from)} to ${label(e.to)}`}</span>
          </Go>
        </>
      ),
    },
  ];
  return (
    <DataTable
      caption="Calls"
      rows={chains.edges}
      columns={columns}
      rowKey={(e) => `${e.from}>${e.to}`}
      initialSort={{ key: "calls", descending: true }}
    />
  );
}

function Go({
  to,
  navigate,
  children,
}: {
  to: string;
  navigate: (to: string) => void;
  children: React.ReactNode;
}) {
  return (
    <a
      href={to}
      onClick={(event) => {
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}

function SlowChains() {
  const { range } = useRange();
  const query = useSlowChains(range);
  const navigate = useNavigate();
  const keep = useKeepRange();
  const columns: Column<SlowChain>[] = [
    {
      key: "chain",
      title: "From its first request to its last end",
      sort: (c) => c.entry,
      render: (c) => (
        <>
          <strong>{c.entry}</strong>
          {c.functions.length > 1 && (
            <span className="muted"> → {c.functions.filter((name) => name !== c.entry).join(", ")}</span>
          )}
        </>
      ),
    },
    { key: "count", title: "Times", number: true, sort: (c) => c.count, render: (c) => count(c.count) },
    {
      key: "failed",
      title: "Failed",
      number: true,
      sort: (c) => c.failed,
      render: (c) => (
        <span style={{ color: c.failed > 0 ? "var(--thaw-error)" : undefined }}>{count(c.failed)}</span>
      ),
    },
    ...(["p50", "p95", "p99"] as const).map(
      (p): Column<SlowChain> => ({
        key: p,
        title: p,
        number: true,
        sort: (c) => c.durationMs[p],
        render: (c) => duration(c.durationMs[p]),
      }),
    ),
    share("coldShare", "Cold starts", "var(--thaw-cold)"),
    share("waitShare", "Waiting", "var(--thaw-wait)"),
    share("throttledShare", "Throttled", "var(--thaw-throttle)"),
    {
      key: "slowest",
      title: "Slowest",
      render: (c) => (
        <Go to={keep(`/traces/${c.slowestTraceId}`)} navigate={navigate}>
          look<span className="sr-only">{` at the slowest chain of ${c.entry}`}</span>
        </Go>
      ),
    },
  ];
  return (
    <Loaded query={query}>
      {(answer) =>
        answer.chains.length === 0 ? null : (
          <>
            <h2 className="section">Slowest chains</h2>
            <div className="panel flush">
              <DataTable
                caption="Slowest chains"
                rows={answer.chains}
                columns={columns}
                rowKey={(c) => `${c.entry}>${[...c.functions].sort().join(",")}`}
                initialSort={{ key: "p95", descending: true }}
              />
            </div>
            <h2 className="section">Calls</h2>
          </>
        )
      }
    </Loaded>
  );
}

/** Of all the time that these chains took, on their critical paths. */
function share(
  key: "coldShare" | "waitShare" | "throttledShare",
  title: string,
  color: string,
): Column<SlowChain> {
  return {
    key,
    title,
    number: true,
    sort: (c) => c[key],
    render: (c) => (
      <span style={{ color: c[key] >= 0.1 ? color : undefined }}>{Math.round(c[key] * 100)} %</span>
    ),
  };
}
