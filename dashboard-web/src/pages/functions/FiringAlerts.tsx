// What fires stands above everything else: one line for each rule, however many functions it fires for.
import { Link } from "react-router";
import type { AlertItem } from "../../api/client";
import { plural } from "../../components/format";
import { Moment } from "../../components/Moment";

const MOST_NAMED = 3;

export function FiringAlerts({ alerts }: { alerts: AlertItem[] }) {
  const byRule = new Map<string, AlertItem[]>();
  for (const item of alerts) {
    if (item.alert.state === "firing" && !item.silenced) {
      byRule.set(item.alert.rule, [...(byRule.get(item.alert.rule) ?? []), item]);
    }
  }
  if (byRule.size === 0) {
    return null;
  }
  return (
    <section
      aria-label="Firing alerts"
      className="panel"
      style={{ borderColor: "var(--thaw-timeout)", padding: "10px 14px", marginBottom: 12 }}
    >
      {[...byRule].map(([rule, items]) => (
        <Line key={rule} rule={rule} items={items} />
      ))}
    </section>
  );
}

function Line({ rule, items }: { rule: string; items: AlertItem[] }) {
  const first = items[0]?.alert;
  if (!first) {
    return null;
  }
  const since = Math.min(...items.map((item) => item.alert.sinceMs));
  return (
    <div style={{ padding: "3px 0", overflowWrap: "anywhere" }}>
      <strong style={{ color: "var(--thaw-timeout)" }}>Firing</strong> <Link to="/alerts">{rule}</Link>:{" "}
      {items.slice(0, MOST_NAMED).map(({ alert }, i) => (
        <span key={alert.function}>
          {i > 0 && ", "}
          <Link to={`/functions/${encodeURIComponent(alert.function)}`}>{alert.function}</Link>
        </span>
      ))}
      {items.length > MOST_NAMED && ` and ${plural(items.length - MOST_NAMED, "other")}`}{" "}
      <span className="muted">
        {items.length === 1 && `${first.finding}, `}since <Moment ms={since} />
      </span>{" "}
      {first.example && <Link to={`/traces/${first.example.traceId}`}>example</Link>}
    </div>
  );
}
