// What the functions logged while the trace ran, each line with the span that was open.
import { Button, Title } from "@mantine/core";
import { Fragment, useState } from "react";
import type { LogItem, TraceDetail } from "../../api/client";
import { count, duration, plural } from "../../components/format";
import { valueText } from "./valueText";
import "./logs.css";

/** More are shown when somebody asks for them. */
const MOST_AT_FIRST = 200;

export function LogPanel({ trace, onChoose }: { trace: TraceDetail; onChoose: (spanId: string) => void }) {
  if (trace.logs.length === 0) {
    return null;
  }
  const bad = trace.logs.filter(isBad).length;
  return (
    <section className="panel" aria-label="Logs" style={{ marginTop: 12 }}>
      <Title order={2} size="h5" mb="xs">
        {plural(trace.logs.length, "log line")}
        {bad > 0 && <span className="log-bad">, {plural(bad, "error")}</span>}
      </Title>
      <LogList logs={trace.logs} fromUs={trace.startUs} onChoose={onChoose} />
    </section>
  );
}

/**
 * @param fromUs the moment that times count from
 * @param onChoose when given, the function's name leads to the span
 */
export function LogList({
  logs,
  fromUs,
  onChoose,
}: {
  logs: LogItem[];
  fromUs: number;
  onChoose?: (spanId: string) => void;
}) {
  const [all, setAll] = useState(false);
  const shown = all ? logs : logs.slice(0, MOST_AT_FIRST);
  return (
    <>
      <section className="logs-scroll" tabIndex={0} aria-label="Log lines">
        <ol className="logs">
          {shown.map((log, index) => (
            // Two lines may be alike in everything; their order is all that tells them apart.
            // biome-ignore lint/suspicious/noArrayIndexKey: lines don't move
            <li key={index} className={isBad(log) ? "log-bad" : undefined}>
              <span className="log-time">{duration((log.timeUs - fromUs) / 1000)}</span>
              <span className="log-severity">{log.severity || "–"}</span>
              {onChoose && (
                <button type="button" className="log-function" onClick={() => onChoose(log.spanId)}>
                  {log.function}
                </button>
              )}
              <span className="log-text">
                {log.body}
                <Details log={log} />
              </span>
            </li>
          ))}
        </ol>
      </section>
      {shown.length < logs.length && (
        <Button variant="default" size="xs" mt="xs" onClick={() => setAll(true)}>
          Show all {count(logs.length)}
        </Button>
      )}
    </>
  );
}

function Details({ log }: { log: LogItem }) {
  const { "exception.stacktrace": stack, ...others } = log.attributes;
  const entries = Object.entries(others);
  return (
    <>
      {(log.logger || entries.length > 0) && (
        <span className="log-more">
          {log.logger}
          {entries.map(([key, value]) => (
            <Fragment key={key}>
              {" "}
              {key}={valueText(value)}
            </Fragment>
          ))}
        </span>
      )}
      {stack !== undefined && (
        <pre className="stack" tabIndex={0}>
          {String(stack)}
        </pre>
      )}
    </>
  );
}

function isBad(log: LogItem): boolean {
  return /^(err|fatal|severe|crit|alert|emerg)/i.test(log.severity);
}
