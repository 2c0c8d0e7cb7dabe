// What fires, what fired, and by which rules?
import { Title } from "@mantine/core";
import { Link } from "react-router";
import { type Alert, type AlertList, useAlerts } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { count, duration, moment } from "../../components/format";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";

type Rule = AlertList["rules"][number];

export function AlertsPage() {
  const query = useAlerts();
  return (
    <>
      <PageHeader title="Alerts" question="What fires, what fired, and by which rules?" />
      <Loaded query={query}>
        {(data) => (
          <>
            {data.alerts.length === 0 ? (
              <Notice title="Nothing has fired">
                {data.rules.length === 0
                  ? "There are no rules: name a file with THAW_ALERTS."
                  : "Since the collector was started, no rule's count was reached."}
              </Notice>
            ) : (
              <div className="panel flush">
                <Alerts alerts={data.alerts} />
              </div>
            )}
            {data.rules.length > 0 && (
              <>
                <Title order={2} size="h4" mt="lg" mb="xs">
                  Rules
                </Title>
                <div className="panel flush">
                  <Rules rules={data.rules} />
                </div>
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function Alerts({ alerts }: { alerts: Alert[] }) {
  const columns: Column<Alert>[] = [
    {
      key: "state",
      title: "State",
      sort: (a) => a.state,
      render: (a) =>
        a.state === "firing" ? (
          <strong style={{ color: "var(--thaw-timeout)" }}>firing</strong>
        ) : (
          <span className="muted">resolved</span>
        ),
    },
    { key: "rule", title: "Rule", sort: (a) => a.rule, render: (a) => a.rule },
    {
      key: "function",
      title: "Function",
      sort: (a) => a.function,
      render: (a) => (
        <Link className="plain" to={`/functions/${encodeURIComponent(a.function)}`}>
          {a.function}
        </Link>
      ),
    },
    { key: "since", title: "Fired", sort: (a) => a.sinceMs, render: (a) => moment(a.sinceMs) },
    {
      key: "for",
      title: "For",
      number: true,
      sort: (a) => (a.resolvedMs ?? Date.now()) - a.sinceMs,
      render: (a) => duration((a.resolvedMs ?? Date.now()) - a.sinceMs),
    },
    {
      key: "example",
      title: "Example",
      render: (a) =>
        a.example ? (
          <>
            <Link to={`/traces/${a.example.traceId}`}>
              trace<span className="sr-only">{` of ${a.function}`}</span>
            </Link>{" "}
            <span className="muted">{a.example.openCall}</span>
          </>
        ) : (
          "–"
        ),
    },
  ];
  return (
    <DataTable
      caption="Alerts"
      rows={alerts}
      columns={columns}
      rowKey={(a) => `${a.rule} ${a.function} ${a.sinceMs}`}
    />
  );
}

function Rules({ rules }: { rules: Rule[] }) {
  const columns: Column<Rule>[] = [
    { key: "name", title: "Rule", sort: (r) => r.name, render: (r) => <strong>{r.name}</strong> },
    { key: "says", title: "Fires at", render: (r) => sentence(r) },
  ];
  return <DataTable caption="Rules" rows={rules} columns={columns} rowKey={(r) => r.name} />;
}

function sentence(rule: Rule): string {
  const what =
    rule.kind === "slow-cold-starts"
      ? `cold starts slower than ${duration(rule.slowerThanMs)}`
      : rule.kind === "throttles"
        ? "refused calls"
        : rule.kind;
  const where = rule.function === "*" ? "any one function" : rule.function;
  return `${count(rule.count)} or more ${what} of ${where} within ${duration(rule.windowSeconds * 1000)}`;
}
