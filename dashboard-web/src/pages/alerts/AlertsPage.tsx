// What fires, what fired, who is told, and by which rules?
import { Button, Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import {
  type AlertItem,
  type AlertList,
  endSilence,
  removeRule,
  useAlerts,
  useSession,
} from "../../api/client";
import { duration, moment } from "../../components/format";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { AlertTable } from "./AlertTable";
import { ChannelTable, WaitingTable } from "./ChannelTable";
import { RuleTable } from "./RuleTable";
import { SilenceForm } from "./SilenceForm";
import { SilenceTable } from "./SilenceTable";
import "./alerts.css";

export function AlertsPage() {
  const query = useAlerts();
  const mayEdit = useSession().data?.mayEdit === true;
  return (
    <>
      <PageHeader title="Alerts" question="What fires, what fired, and is the rule right?">
        <Group gap="md">
          <a href="/api/v1/alerts/rules.yaml" download="thaw-rules.yaml">
            Rules as YAML
          </a>
          {mayEdit && (
            <Button component={Link} to="/alerts/rule" size="sm">
              New rule
            </Button>
          )}
        </Group>
      </PageHeader>
      <Loaded query={query}>{(data) => <Content data={data} mayEdit={mayEdit} />}</Loaded>
    </>
  );
}

function Content({ data, mayEdit }: { data: AlertList; mayEdit: boolean }) {
  const [toSilence, setToSilence] = useState<{ rule: string; function: string }>();
  const [failure, setFailure] = useState("");
  const queries = useQueryClient();
  const current = data.alerts.filter((item) => item.alert.state !== "resolved");
  const past = data.alerts.filter((item) => item.alert.state === "resolved");

  async function change(what: Promise<void>) {
    try {
      await what;
      setFailure("");
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    await queries.invalidateQueries({ queryKey: ["alerts"] });
  }

  const silenceOne = (item: AlertItem) => {
    setToSilence({ rule: item.alert.rule, function: item.alert.function });
    window.scrollTo({ top: 0 });
  };
  return (
    <>
      <Problems data={data} failure={failure} />
      {toSilence && (
        <SilenceForm
          key={`${toSilence.rule} ${toSilence.function}`}
          rule={toSilence.rule}
          function={toSilence.function}
          onDone={() => {
            setToSilence(undefined);
            queries.invalidateQueries({ queryKey: ["alerts"] });
          }}
        />
      )}
      {current.length > 0 ? (
        <div className="panel flush">
          <AlertTable
            alerts={current}
            caption="Alerts that fire"
            onSilence={mayEdit ? silenceOne : undefined}
          />
        </div>
      ) : (
        <Notice title="Nothing fires">
          {data.rules.length === 0 ? <NoRules mayEdit={mayEdit} /> : `${summary(data)}.`}
        </Notice>
      )}
      {past.length > 0 && (
        <Section title="Past alerts">
          <AlertTable alerts={past} caption="Past alerts" />
        </Section>
      )}
      {data.silences.length > 0 && (
        <Section title="Silences">
          <SilenceTable
            silences={data.silences}
            onEnd={mayEdit ? (one) => change(endSilence(one.id)) : undefined}
          />
        </Section>
      )}
      {data.rules.length > 0 && (
        <Section title="Rules" note={current.length > 0 ? summary(data) : undefined}>
          <RuleTable
            rules={data.rules}
            alerts={current}
            onRemove={mayEdit ? (name) => change(removeRule(name)) : undefined}
          />
        </Section>
      )}
      {(data.rules.length > 0 || data.channels.length > 0) && (
        <Section title="Channels">
          {data.channels.length > 0 ? (
            <ChannelTable channels={data.channels} />
          ) : (
            <div style={{ padding: 16 }} className="muted">
              Nobody is told: no channel is set up. The file that THAW_ALERTS names lists them, such as Slack,
              e-mail or PagerDuty.
            </div>
          )}
        </Section>
      )}
      {data.waiting.length > 0 && (
        <Section title="Messages that wait" note="They were not taken, and are tried again for a day">
          <WaitingTable waiting={data.waiting} caption="Messages that wait" />
        </Section>
      )}
      {data.givenUp.length > 0 && (
        <Section title="Messages that were given up" note="Nobody took them for a day">
          <WaitingTable waiting={data.givenUp} caption="Messages that were given up" />
        </Section>
      )}
    </>
  );
}

function summary(data: AlertList): string {
  const looked =
    data.evaluatedMs === 0
      ? "not evaluated yet"
      : `evaluated last at ${moment(data.evaluatedMs)}, in ${duration(data.tookMs)}`;
  return `${data.rules.length === 1 ? "One rule is" : `${data.rules.length} rules are`} watched, ${looked}`;
}

function NoRules({ mayEdit }: { mayEdit: boolean }) {
  return (
    <>
      There are no rules yet.{" "}
      {mayEdit ? <Link to="/alerts/rule">Make one</Link> : "Whoever runs the collector makes one"}, or name a
      file of rules with THAW_ALERTS.
    </>
  );
}

function Problems({ data, failure }: { data: AlertList; failure: string }) {
  if (data.problems.length === 0 && failure === "") {
    return null;
  }
  return (
    <section className="panel" role="alert" style={{ borderColor: "var(--thaw-error)", marginBottom: 12 }}>
      {failure && <div>{failure}</div>}
      {data.problems.length > 0 && (
        <>
          <strong>{data.file} can't be used as it is now; what it said before still holds.</strong>
          <ul style={{ margin: "6px 0 0", paddingLeft: 20 }}>
            {data.problems.map((problem) => (
              <li
                key={`${problem.line}:${problem.column} ${problem.message}`}
                style={{ overflowWrap: "anywhere" }}
              >
                {problem.line > 0 && <code>{`line ${problem.line}, column ${problem.column}: `}</code>}
                {problem.message}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <>
      <div className="section-title">
        <h2>{title}</h2>
        {note && <span className="muted">{note}</span>}
      </div>
      <div className="panel flush">{children}</div>
    </>
  );
}
