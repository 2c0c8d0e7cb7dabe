// How does this function behave? Durations, outcomes and cold starts over time, and its newest invocations.
import { Group, SimpleGrid, Title } from "@mantine/core";
import { useMemo } from "react";
import { Link, useParams } from "react-router";
import { type FunctionDetail, useFunction } from "../../api/client";
import { Figures } from "../../components/Figures";
import { bytes, count, duration, money, plural } from "../../components/format";
import { InvocationTable } from "../../components/InvocationTable";
import { Loaded } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange, useRange } from "../../components/RangePicker";
import { TimeChart } from "../../components/TimeChart";
import { HeatMapChart } from "./HeatMapChart";
import { VersionTable } from "./VersionTable";

export function FunctionPage() {
  const name = useParams().name ?? "";
  const { range } = useRange();
  const query = useFunction(name, range);
  const keep = useKeepRange();
  return (
    <>
      <PageHeader title={name} question="How does this function behave?">
        <Group gap="md">
          <Link to={`/alerts/rule?function=${encodeURIComponent(name)}`}>Alert on this</Link>
          <Link to={keep(`/errors?function=${encodeURIComponent(name)}`)}>Its errors</Link>
          <Link to={keep(`/timeouts?function=${encodeURIComponent(name)}`)}>Its timeouts</Link>
          <Link to={keep(`/traces?through=${encodeURIComponent(name)}`)}>Its traces</Link>
        </Group>
      </PageHeader>
      <Loaded query={query}>
        {(detail) => (
          <>
            <Figures figures={figures(detail)} />
            <Charts detail={detail} />
            <HeatMapChart detail={detail} />
            <Title order={2} size="h4" mt="lg" mb="xs">
              Versions
            </Title>
            <div className="panel flush">
              <VersionTable versions={detail.versions} />
            </div>
            <Title order={2} size="h4" mt="lg" mb="xs">
              Newest invocations
            </Title>
            <div className="panel flush">
              <InvocationTable invocations={detail.recent} caption="Newest invocations" />
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

/** How those that failed did: only what there is. */
function kinds({ errors, timeouts, crashes, failedStarts }: FunctionDetail["summary"]): string {
  return [
    [errors, "error"],
    [timeouts, "timeout"],
    [crashes, "crash"],
    [failedStarts, "failed start"],
  ]
    .filter(([number]) => number !== 0)
    .map(([number, word]) =>
      word === "crash" && number !== 1 ? `${number} crashes` : plural(Number(number), String(word)),
    )
    .join(", ");
}

function figures({ summary, timeoutMs, memoryLimitBytes, memoryUsedBytes }: FunctionDetail) {
  const failed = summary.errors + summary.timeouts + summary.crashes + summary.failedStarts;
  return [
    {
      label: "Invocations",
      value: count(summary.invocations),
      note: summary.running > 0 ? `${summary.running} running` : undefined,
    },
    {
      label: "Failed",
      value: count(failed),
      note: failed > 0 ? kinds(summary) : undefined,
      color: failed > 0 ? "var(--thaw-error)" : undefined,
    },
    { label: "p50", value: summary.durationMs ? duration(summary.durationMs.p50) : "–" },
    {
      label: "p99",
      value: summary.durationMs ? duration(summary.durationMs.p99) : "–",
      note: timeoutMs > 0 ? `limit ${duration(timeoutMs)}` : undefined,
    },
    {
      label: "Cold starts",
      value: count(summary.coldStarts),
      note: summary.initMs ? `init p95 ${duration(summary.initMs.p95)}` : undefined,
      color: summary.coldStarts > 0 ? "var(--thaw-cold)" : undefined,
    },
    { label: "Cost", value: money(summary.costUsd), note: "by list price" },
    {
      label: "Memory",
      value: memoryUsedBytes > 0 ? bytes(memoryUsedBytes) : "–",
      note: memoryLimitBytes > 0 ? `of ${bytes(memoryLimitBytes)}` : undefined,
    },
  ];
}

function Charts({ detail }: { detail: FunctionDetail }) {
  const times = useMemo(() => detail.points.map((p) => p.timeMs), [detail]);
  const durations = useMemo(() => {
    const line = (
      label: string,
      color: string,
      value: (p: FunctionDetail["points"][number]) => number | undefined,
    ) => ({
      label,
      color,
      values: detail.points.map((p) => value(p) ?? null),
    });
    const lines = [
      line("p50", "var(--thaw-ok)", (p) => p.durationMs?.p50),
      line("p95", "var(--thaw-cold)", (p) => p.durationMs?.p95),
      line("p99", "var(--thaw-throttle)", (p) => p.durationMs?.p99),
    ];
    const p99 = detail.summary.durationMs?.p99 ?? 0;
    // The limit is worth its space only where the durations come near it.
    return detail.timeoutMs > 0 && p99 > detail.timeoutMs / 4
      ? [
          ...lines,
          {
            label: "time limit",
            color: "var(--thaw-timeout)",
            values: detail.points.map(() => detail.timeoutMs),
            dashed: true,
          },
        ]
      : lines;
  }, [detail]);
  const outcomes = useMemo(
    () => [
      {
        label: "ok",
        color: "var(--mantine-primary-color-filled)",
        values: detail.points.map((p) => p.invocations - p.errors - p.timeouts - p.crashes),
      },
      { label: "errors", color: "var(--thaw-error)", values: detail.points.map((p) => p.errors + p.crashes) },
      { label: "timeouts", color: "var(--thaw-timeout)", values: detail.points.map((p) => p.timeouts) },
    ],
    [detail],
  );
  const pressure = useMemo(
    () => [
      { label: "cold starts", color: "var(--thaw-cold)", values: detail.points.map((p) => p.coldStarts) },
      { label: "throttled", color: "var(--thaw-throttle)", values: detail.points.map((p) => p.throttled) },
    ],
    [detail],
  );
  const examples = `/traces?through=${encodeURIComponent(detail.summary.name)}`;
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }} spacing="sm">
      <TimeChart title="Duration" timesMs={times} series={durations} format={duration} examples={examples} />
      <TimeChart
        title="Invocations"
        timesMs={times}
        series={outcomes}
        format={count}
        bars
        examples={examples}
      />
      <TimeChart
        title="Cold starts and throttled calls"
        timesMs={times}
        series={pressure}
        format={count}
        bars
        examples={examples}
      />
    </SimpleGrid>
  );
}
