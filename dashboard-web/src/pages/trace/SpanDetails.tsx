// Everything known of one span.
import { CloseButton, Group, Title } from "@mantine/core";
import { Link } from "react-router";
import type { LogItem, SpanItem } from "../../api/client";
import { duration } from "../../components/format";
import { Moment } from "../../components/Moment";
import { label } from "../../components/waterfall";
import { cloudWatch } from "./cloudWatch";
import { LogList } from "./LogPanel";
import { UsagePanel } from "./UsagePanel";
import { usage } from "./usage";
import { valueText } from "./valueText";

export function SpanDetails({
  span,
  resource,
  logs,
  traceId,
  onClose,
}: {
  span: SpanItem;
  resource: { [key: string]: unknown };
  logs: LogItem[];
  traceId: string;
  onClose: () => void;
}) {
  const exceptions = span.events.filter((event) => event.name === "exception");
  const throttles = span.events.filter((event) => event.name === "thaw.throttle");
  // The stack of one that hung stands above the waterfall.
  const others = span.events.filter(
    (event) => !["exception", "thaw.throttle", "thaw.stack"].includes(event.name),
  );
  const cloudWatchUrl = cloudWatch(resource, span.attributes["faas.invocation_id"]);
  return (
    <aside className="panel span-details" aria-label="Span details">
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Title order={2} size="h5" style={{ overflowWrap: "anywhere" }}>
          {label(span)}
        </Title>
        <CloseButton aria-label="Close details" onClick={onClose} />
      </Group>
      <dl>
        <dt>Function</dt>
        <dd>{span.function}</dd>
        <dt>Duration</dt>
        <dd>{duration(span.durationUs / 1000)}</dd>
        <dt>Started</dt>
        <dd>
          <Moment ms={span.startUs / 1000} />
        </dd>
        {span.statusMessage && (
          <>
            <dt>Status</dt>
            <dd style={{ color: "var(--thaw-error)" }}>{span.statusMessage}</dd>
          </>
        )}
      </dl>
      {span.note && <p style={{ fontSize: 13 }}>{span.note}</p>}
      {span.cold && (
        <p style={{ fontSize: 13 }}>
          <Link to={`/cold-starts/${traceId}/${span.spanId}`}>Why was the start slow?</Link>
        </p>
      )}
      {cloudWatchUrl && (
        <p style={{ fontSize: 13 }}>
          <a href={cloudWatchUrl} target="_blank" rel="noreferrer">
            Its log in CloudWatch
          </a>
        </p>
      )}
      {throttles.map((event) => (
        <p key={event.timeUs} style={{ color: "var(--thaw-throttle)", fontSize: 13 }}>
          Attempt {valueText(event.attributes["thaw.throttle.attempt"])} refused by{" "}
          <strong>{valueText(event.attributes["thaw.throttle.target"])}</strong>:{" "}
          {valueText(event.attributes["thaw.throttle.reason"])}
        </p>
      ))}
      {exceptions.map((event) => (
        <section key={event.timeUs}>
          <Title order={3} size="h6" mt="md" mb={4} c="var(--thaw-error)">
            {valueText(event.attributes["exception.type"])}
          </Title>
          <pre className="stack" tabIndex={0}>
            {valueText(event.attributes["exception.stacktrace"]) ||
              valueText(event.attributes["exception.message"])}
          </pre>
        </section>
      ))}
      {logs.length > 0 && (
        <section>
          <Title order={3} size="h6" mt="md" mb={4}>
            Logs, by the time since it started
          </Title>
          <LogList logs={logs} fromUs={span.startUs} />
        </section>
      )}
      {others.length > 0 && (
        <section>
          <Title order={3} size="h6" mt="md" mb={4}>
            Events
          </Title>
          <ol className="span-events">
            {others.map((event) => (
              <li key={`${event.timeUs} ${event.name}`}>
                <span className="muted">{`after ${duration((event.timeUs - span.startUs) / 1000)}`}</span>{" "}
                <strong>{event.name}</strong>
                <Values values={event.attributes} />
              </li>
            ))}
          </ol>
        </section>
      )}
      <UsagePanel uses={usage(span.attributes, resource, span.durationUs / 1000)} />
      <Attributes title="Attributes" values={span.attributes} />
      <Attributes title="Resource" values={resource} />
      {span.links.length > 0 && (
        <section>
          <Title order={3} size="h6" mt="md" mb={4}>
            Came from
          </Title>
          {span.links.map((link) => (
            <div key={link.traceId + link.spanId}>
              <Link to={`/traces/${link.traceId}?span=${link.spanId}`}>
                <code>{link.traceId}</code>
              </Link>
            </div>
          ))}
        </section>
      )}
    </aside>
  );
}

function Attributes({ title, values }: { title: string; values: { [key: string]: unknown } }) {
  if (Object.keys(values).length === 0) {
    return null;
  }
  return (
    <section>
      <Title order={3} size="h6" mt="md" mb={4}>
        {title}
      </Title>
      <Values values={values} />
    </section>
  );
}

function Values({ values }: { values: { [key: string]: unknown } }) {
  const entries = Object.entries(values).sort(([a], [b]) => a.localeCompare(b));
  return (
    <dl>
      {entries.map(([key, value]) => (
        <div key={key} style={{ display: "contents" }}>
          <dt>{key}</dt>
          <dd>{valueText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
