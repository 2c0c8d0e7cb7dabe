// Alerts that fire, are about to, or did: what was found, since when, and what it was doing.
import { Link } from "react-router";
import type { Alert, AlertItem } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { duration } from "../../components/format";
import { Moment } from "../../components/Moment";

export function AlertTable({
  alerts,
  caption,
  onSilence,
}: {
  alerts: AlertItem[];
  caption: string;
  onSilence?: (item: AlertItem) => void;
}) {
  const columns: Column<AlertItem>[] = [
    {
      key: "state",
      title: "State",
      sort: ({ alert }) => alert.state,
      render: (item) => <State item={item} />,
    },
    {
      key: "function",
      title: "Function",
      sort: ({ alert }) => alert.function,
      render: ({ alert }) => <Link to={viewOf(alert)}>{alert.function}</Link>,
    },
    {
      key: "finding",
      title: "What was found",
      wide: true,
      render: ({ alert }) => (
        <>
          {alert.finding}
          {alert.late && <span className="muted"> (told late)</span>}
          <Reason alert={alert} />
        </>
      ),
    },
    {
      key: "rule",
      title: "Rule",
      sort: ({ alert }) => alert.rule,
      render: ({ alert }) => (
        <>
          {alert.rule}
          {alert.runbook && (
            <>
              {" "}
              <a href={alert.runbook} rel="noreferrer" target="_blank">
                what to do
              </a>
            </>
          )}
        </>
      ),
    },
    {
      key: "since",
      title: "Since",
      sort: ({ alert }) => alert.sinceMs || alert.pendingMs,
      render: ({ alert }) => <Moment ms={alert.sinceMs || alert.pendingMs} />,
    },
    {
      key: "for",
      title: "For",
      number: true,
      sort: ({ alert }) => lengthOf(alert),
      render: ({ alert }) => duration(lengthOf(alert)),
    },
    {
      key: "example",
      title: "Example",
      render: ({ alert }) =>
        alert.example ? (
          <Link to={`/traces/${alert.example.traceId}`}>
            trace<span className="sr-only">{` of ${alert.function}`}</span>
          </Link>
        ) : (
          "–"
        ),
    },
  ];
  if (onSilence) {
    columns.push({
      key: "silence",
      title: "",
      render: (item) =>
        item.silenced ? null : (
          <button type="button" className="plain-button" onClick={() => onSilence(item)}>
            Silence<span className="sr-only">{` ${item.alert.rule} of ${item.alert.function}`}</span>
          </button>
        ),
    });
  }
  return (
    <DataTable
      caption={caption}
      rows={alerts}
      columns={columns}
      rowKey={({ alert }) => `${alert.rule} ${alert.function} ${alert.pendingMs}`}
    />
  );
}

/** The function at the time that the alert is about. */
function viewOf(alert: Alert): string {
  const around = 15 * 60_000;
  const from = alert.pendingMs - Math.max(around, alert.windowMs);
  const to = (alert.resolvedMs ?? alert.lastHeldMs) + around;
  return `/functions/${encodeURIComponent(alert.function)}?from=${from}&to=${to}`;
}

function lengthOf(alert: Alert): number {
  return (alert.resolvedMs ?? Date.now()) - (alert.sinceMs || alert.pendingMs);
}

function State({ item: { alert, silenced } }: { item: AlertItem }) {
  if (silenced) {
    return <span className="muted">{alert.state}, silenced</span>;
  }
  return alert.state === "firing" ? (
    <strong style={{ color: alert.severity === "info" ? "var(--thaw-cold)" : "var(--thaw-timeout)" }}>
      firing
    </strong>
  ) : (
    <span className="muted">{alert.state}</span>
  );
}

function Reason({ alert: { example } }: { alert: Alert }) {
  if (!example) {
    return null;
  }
  const reasons = [
    example.openCall && `waiting for ${example.openCall}`,
    example.topFrame && `at ${example.topFrame}`,
    example.cause,
  ].filter(Boolean);
  return reasons.length > 0 ? <div className="muted">{reasons.join(", ")}</div> : null;
}
