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
import { Failures } from "./Failures";
import { HeatMapChart } from "./HeatMapChart";
import { StartAdvice } from "./StartAdvice";
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
          <Link to={keep(`/compare?function=${encodeURIComponent(name)}`)}>Slow against the rest</Link>
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
            <Failures name={name} />
            <StartAdvice name={name} />
            <Group justify="space-between" mt="lg" mb="xs">
              <Title order={2} size="h4">
                Versions
              </Title>
              {detail.versions.length > 1 && (
                <Link to={keep(`/compare?function=${encodeURIComponent(name)}&by=versions`)}>
                  Compare the newest two
                </Link>
              )}
            </Group>
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

/** 0.12, 3.4, 120. */
function few(value: number): string {
  return value > 0 && value < 10 && !Number.isInteger(value) ? value.toFixed(2) : count(Math.round(value));
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
      {
        label: "busy environments",
        color: "var(--mantine-primary-color-filled)",
        values: detail.points.map((p) => p.busy),
      },
      { label: "cold starts", color: "var(--thaw-cold)", values: detail.points.map((p) => p.coldStarts) },
      { label: "throttled", color: "var(--thaw-throttle)", values: detail.points.map((p) => p.throttled) },
    ],
    [detail],
  );
  const temperatures = useMemo(
    () => [
      {
        label: "warm p95",
        color: "var(--mantine-primary-color-filled)",
        values: detail.points.map((p) => p.warmMs?.p95 ?? null),
      },
      {
        label: "cold p95",
        color: "var(--thaw-cold)",
        values: detail.points.map((p) => p.coldMs?.p95 ?? null),
      },
    ],
    [detail],
  );
  const examples = `/traces?through=${encodeURIComponent(detail.summary.name)}`;
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
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
        title="Cold against warm, without init"
        timesMs={times}
        series={temperatures}
        format={duration}
        examples={`${examples}&cold=true`}
      />
      <TimeChart
        title="Concurrency, cold starts and throttled calls"
        timesMs={times}
        series={pressure}
        format={few}
        examples={examples}
      />
    </SimpleGrid>
  );
}
