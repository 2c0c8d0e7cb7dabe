// How do I attach it, and why is there no data? Copy-paste for each way, a live check, and how the collector is doing.
import { NativeSelect, Title } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { useCondition, useLosses, useNewestInvocation } from "../../api/client";
import { Figures } from "../../components/Figures";
import { ago, count, size } from "../../components/format";
import { Loaded } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { AgentCostTable } from "./AgentCostTable";
import { CopyText } from "./CopyText";
import { isLocal, WAYS } from "./ways";
import "./setup.css";

export function SetupPage() {
  return (
    <>
      <PageHeader title="Set up and health" question="How do I attach it, and why is there no data?" />
      <Attach />
      <FirstData />
      <Health />
      <AgentCostTable />
    </>
  );
}

function Attach() {
  const [chosen, setChosen] = useState(WAYS[0]?.key ?? "");
  const way = WAYS.find((candidate) => candidate.key === chosen) ?? WAYS[0];
  const address = globalThis.location.origin;
  if (!way) {
    return null;
  }
  return (
    <section className="panel setup" aria-labelledby="attach">
      <div className="setup-head">
        <Title order={2} size="h4" id="attach">
          1. Attach it
        </Title>
        <NativeSelect
          aria-label="Where the function runs"
          value={way.key}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={WAYS.map(({ key, title }) => ({ value: key, label: title }))}
        />
      </div>
      <ol className="setup-steps">
        {way.steps(address).map((step) => (
          <li key={step.text}>
            {step.text}
            {step.copy && <CopyText text={step.copy} />}
          </li>
        ))}
      </ol>
      {isLocal(globalThis.location.hostname) && way.needsNetwork && (
        <p className="setup-warning">
          This address is of this machine alone: a function elsewhere does not reach it. docs/operations.md
          says how to open the collector, with tokens and TLS; put its address in the place of {address}.
        </p>
      )}
    </section>
  );
}

function FirstData() {
  const query = useNewestInvocation();
  const newest = query.data?.invocations[0];
  return (
    <section className="panel setup" aria-labelledby="first-data">
      <Title order={2} size="h4" id="first-data">
        2. See that it comes
      </Title>
      <p role="status" className="setup-live">
        <i className={newest ? "live" : "waiting"} aria-hidden="true" />
        {newest ? (
          <span>
            Data comes: the newest invocation is one of{" "}
            <Link to={`/functions/${encodeURIComponent(newest.function)}`}>
              <bdi>{newest.function}</bdi>
            </Link>
            , {ago(newest.startMs)}. <Link to={`/traces/${newest.traceId}`}>Its trace</Link>
          </span>
        ) : (
          <span>
            Nothing has come in the last seven days. This looks every two seconds; invoke the function.
          </span>
        )}
      </p>
      <details open={!newest && !query.isPending}>
        <summary>When nothing comes</summary>
        <ol className="setup-steps">
          <li>
            Look into the function's log for lines that begin with <code>[thaw]</code>: they say what is
            wrong. None at all: the agent is not attached, because the variable is not set or names another
            path.
          </li>
          <li>
            Set <code>THAW_LOG=debug</code> on the function: it then says where it sends, and what is
            answered.
          </li>
          <li>
            From where the function runs, ask <code>{globalThis.location.origin}/health</code>. No answer: the
            network, the port, or the collector listens on its own machine alone.
          </li>
          <li>
            An answer of 401 or 403: the collector wants a token; give it with{" "}
            <code>OTEL_EXPORTER_OTLP_HEADERS</code>.
          </li>
          <li>Rejected spans below: the function's clock is days off, or what sends is no OTLP.</li>
        </ol>
      </details>
    </section>
  );
}

function Health() {
  const condition = useCondition();
  const losses = useLosses().data;
  const lost = (losses?.missingRequests ?? 0) + (losses?.skippedSpans ?? 0);
  return (
    <section aria-labelledby="health">
      <Title order={2} size="h4" id="health" mb="xs">
        3. How the collector is doing
      </Title>
      <Loaded query={condition}>
        {(data) => (
          <>
            <Figures
              figures={[
                {
                  label: "Accepted",
                  value: count(data.acceptedSpans),
                  note: `spans, started ${ago(data.startedMs)}`,
                },
                {
                  label: "Rejected",
                  value: count(data.rejectedSpans),
                  note: "invalid, or of an impossible time",
                  color: data.rejectedSpans > 0 ? "var(--thaw-error)" : undefined,
                },
                {
                  label: "Refused",
                  value: count(data.refusedRequests),
                  note: "too large, unreadable, overload",
                  color: data.refusedRequests > 0 ? "var(--thaw-error)" : undefined,
                },
                { label: "Waiting", value: size(data.waitingBytes), note: "for the disk or the store" },
                { label: "On disk", value: size(data.dataBytes), note: `${size(data.freeBytes)} left` },
                {
                  label: "Lost",
                  value: count(lost),
                  note: lost > 0 ? "see the notice above" : "nothing",
                  color: lost > 0 ? "var(--thaw-error)" : undefined,
                },
              ]}
            />
            <p className="muted">
              The same and more for Prometheus: <a href="/metrics">/metrics</a>.
            </p>
          </>
        )}
      </Loaded>
    </section>
  );
}
