// Why was this start slow?
import { Button } from "@mantine/core";
import { IconGitCompare, IconListTree } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import { type ColdStartDetail, useColdStart, useFunction } from "../../api/client";
import { Figures } from "../../components/Figures";
import { duration, share } from "../../components/format";
import { Moment } from "../../components/Moment";
import { Loaded } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange, useRange } from "../../components/RangePicker";
import { AdviceList } from "./AdviceList";
import { BlameTables } from "./BlameTables";
import { FlameGraph } from "./FlameGraph";
import { PhaseBar } from "./PhaseBar";
import "./cold-start.css";

export function ColdStartPage() {
  const { traceId = "", spanId = "" } = useParams();
  const query = useColdStart(traceId, spanId);
  return <Loaded query={query}>{(start) => <ColdStart start={start} />}</Loaded>;
}

function ColdStart({ start }: { start: ColdStartDetail }) {
  const { invocation, profile } = start;
  const keep = useKeepRange();
  const { range } = useRange();
  const usual = useFunction(invocation.function, range).data?.summary.initMs;
  return (
    <div className="cold-start">
      <PageHeader
        title={`Cold start of ${invocation.function}`}
        question={
          <>
            Why was it slow? <Moment ms={invocation.startMs} />, {invocation.instance || invocation.requestId}
          </>
        }
      >
        <Button
          variant="default"
          size="sm"
          component={Link}
          to={keep(`/compare?trace=${invocation.traceId}&only=cold`)}
          leftSection={<IconGitCompare size={16} />}
        >
          Compare
        </Button>
        <Button
          variant="default"
          size="sm"
          component={Link}
          to={`/traces/${invocation.traceId}?span=${invocation.spanId}`}
          leftSection={<IconListTree size={16} />}
        >
          Trace
        </Button>
      </PageHeader>
      <Figures figures={figures(start, usual?.p50)} />
      <PhaseBar start={start} />
      <AdviceList start={start} />
      {profile && (
        <>
          <BlameTables profile={profile} />
          <FlameGraph name={invocation.function} phases={profile.flame} />
        </>
      )}
      <p className="muted" style={{ fontSize: 13 }}>
        {profile &&
          `The profile rests on ${profile.samples} looks at the stack, the first ones ${duration(profile.periodMs)} or more apart. `}
        Thaw’s agent itself took {duration(start.agent.startMs)} of this start
        {start.agent.sendMs !== null && (
          <>, and held the environment for {duration(start.agent.sendMs)} after the response to send it</>
        )}
        .
      </p>
    </div>
  );
}

function figures(start: ColdStartDetail, usualMs: number | undefined) {
  const { invocation } = start;
  return [
    {
      label: "Init",
      value: duration(invocation.initMs),
      note: usualMs === undefined ? start.type : `median of the range ${duration(usualMs)}`,
      color: "var(--thaw-cold)",
    },
    {
      label: "First invocation",
      value: duration(invocation.durationMs),
      note: start.warmMs === null ? undefined : `warm ${duration(start.warmMs)}`,
    },
    {
      label: "A caller waited",
      value: start.felt ? "yes" : "no",
      note: start.felt
        ? duration(invocation.initMs + start.idleMs + invocation.durationMs)
        : `ready ${duration(start.idleMs)} before`,
    },
    {
      label: "Explained by advice",
      value: share(
        start.advice.reduce((sum, advice) => sum + advice.ms, 0),
        invocation.initMs,
      ),
    },
    {
      label: "Thaw’s own share",
      value: share(start.agent.startMs, invocation.initMs),
      note: duration(start.agent.startMs),
    },
  ];
}
