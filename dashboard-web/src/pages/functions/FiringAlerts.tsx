// What fires stands above everything else.
import { Link } from "react-router";
import type { Alert } from "../../api/client";
import { count, moment } from "../../components/format";

export function FiringAlerts({ alerts }: { alerts: Alert[] }) {
  const firing = alerts.filter((alert) => alert.state === "firing");
  if (firing.length === 0) {
    return null;
  }
  return (
    <section
      aria-label="Firing alerts"
      className="panel"
      style={{ borderColor: "var(--thaw-timeout)", padding: "10px 14px", marginBottom: 12 }}
    >
      {firing.map((alert) => (
        <div key={`${alert.rule} ${alert.function}`} style={{ padding: "3px 0" }}>
          <strong style={{ color: "var(--thaw-timeout)" }}>Firing</strong> {alert.rule}:{" "}
          <Link to={`/functions/${encodeURIComponent(alert.function)}`}>{alert.function}</Link>{" "}
          <span className="muted">
            {count(alert.value)} within {alert.windowSeconds} s, since {moment(alert.sinceMs)}
          </span>{" "}
          {alert.example && <Link to={`/traces/${alert.example.traceId}`}>example</Link>}
        </div>
      ))}
    </section>
  );
}
