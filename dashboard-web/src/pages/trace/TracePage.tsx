// Where did the time go? One request through all its functions.
import { Button } from "@mantine/core";
import { IconDownload, IconGitCompare } from "@tabler/icons-react";
import { Link, useParams, useSearchParams } from "react-router";
import { type TraceDetail, useTrace } from "../../api/client";
import { Figures } from "../../components/Figures";
import { count, duration, plural } from "../../components/format";
import { Moment } from "../../components/Moment";
import { Loaded } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange } from "../../components/RangePicker";
import { useSetParam } from "../../components/useSetParam";
import { rootOf, throttleCount } from "../../components/waterfall";
import { HangPanel } from "./HangPanel";
import { LogPanel } from "./LogPanel";
import { SpanDetails } from "./SpanDetails";
import { TimePanel } from "./TimePanel";
import { Waterfall } from "./Waterfall";

export function TracePage() {
  const traceId = useParams().traceId ?? "";
  const query = useTrace(traceId);
  return <Loaded query={query}>{(trace) => <Trace trace={trace} />}</Loaded>;
}

function Trace({ trace }: { trace: TraceDetail }) {
  const [params] = useSearchParams();
  const set = useSetParam();
  const keep = useKeepRange();
  const chosenId = params.get("span") ?? undefined;
  const chosen = trace.spans.find((span) => span.spanId === chosenId);
  const choose = (spanId: string | undefined) => set("span", spanId || undefined);
  const first = rootOf(trace);
  return (
    <>
      <PageHeader
        title={first ? `Trace of ${first.function}` : "Trace"}
        question={
          <>
            Where did the time go? <Moment ms={trace.startUs / 1000} />, {trace.traceId}
          </>
        }
      >
        <Button
          variant="default"
          size="sm"
          component={Link}
          to={keep(`/compare?trace=${trace.traceId}`)}
          leftSection={<IconGitCompare size={16} />}
        >
          Compare
        </Button>
        <Button
          variant="default"
          size="sm"
          component="a"
          href={`/api/v1/traces/${trace.traceId}`}
          download={`trace-${trace.traceId}.json`}
          leftSection={<IconDownload size={16} />}
        >
          JSON
        </Button>
      </PageHeader>
      <Figures figures={figures(trace)} />
      {trace.spans
        .filter((span) => span.hang)
        .map((span) => (
          <HangPanel key={span.spanId} span={span} onChoose={choose} />
        ))}
      <TimePanel trace={trace} />
      <div className={chosen ? "trace-columns two" : "trace-columns"}>
        <Waterfall trace={trace} chosen={chosenId} onChoose={(span) => choose(span.spanId)} />
        {chosen && (
          <SpanDetails
            span={chosen}
            resource={trace.resources[chosen.resource] ?? {}}
            logs={trace.logs.filter((log) => log.spanId === chosen.spanId)}
            traceId={trace.traceId}
            onClose={() => choose(undefined)}
          />
        )}
      </div>
      <LogPanel trace={trace} onChoose={choose} />
    </>
  );
}

function figures(trace: TraceDetail) {
  const invocations = trace.spans.filter((span) => span.outcome !== "");
  const failed = invocations.filter((span) => span.outcome !== "ok" && span.outcome !== "running");
  const cold = invocations.filter((span) => span.cold);
  const init = trace.spans.filter((span) => span.attributes["thaw.phase"] === "init");
  const throttles = trace.spans.reduce((sum, span) => sum + throttleCount(span), 0);
  return [
    {
      label: "First to last",
      value: duration(trace.durationUs / 1000),
      note: trace.traces > 1 ? `${trace.traces} linked traces` : "init included",
    },
    {
      label: "Functions",
      value: count(trace.functions.length),
      note: plural(invocations.filter((span) => !span.outcome.startsWith("init_")).length, "invocation"),
    },
    {
      label: "Cold starts",
      value: count(cold.length),
      note:
        init.length > 0
          ? `longest init ${duration(Math.max(...init.map((span) => span.durationUs)) / 1000)}`
          : undefined,
      color: cold.length > 0 ? "var(--thaw-cold)" : undefined,
    },
    {
      label: "Failed",
      value: count(failed.length),
      color: failed.length > 0 ? "var(--thaw-error)" : undefined,
    },
    {
      label: "Throttled calls",
      value: count(throttles),
      color: throttles > 0 ? "var(--thaw-throttle)" : undefined,
    },
  ];
}
