// Find that request: by function, outcome, duration or request id. The filter lives in the address.
import { Checkbox, Group, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { Link, useSearchParams } from "react-router";
import {
  type Outcome,
  Refused,
  type TraceFilter,
  type TraceItem,
  useFunctions,
  useTraces,
} from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { count } from "../../components/format";
import { Moment } from "../../components/Moment";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useKeepRange, useRange } from "../../components/RangePicker";
import { ShowMore } from "../../components/ShowMore";
import { coldColumn, durationColumn, outcomeColumn } from "../../components/traceColumns";
import { useSetParam } from "../../components/useSetParam";
import { withChosen } from "../../components/withChosen";
import { Density } from "./Density";
import { FilterBar } from "./FilterBar";

export function TracesPage() {
  const { range, label } = useRange();
  const [params] = useSearchParams();
  const setParam = useSetParam();
  const functions = useFunctions(range);
  const minDuration = Number(params.get("minDurationMs") ?? 0);
  const wanted: TraceFilter = {
    through: params.get("through") || undefined,
    outcome: (params.get("outcome") as Outcome | null) || undefined,
    cold: params.get("cold") === "true" || undefined,
    minDurationMs: minDuration > 0 ? Math.round(minDuration) : undefined,
    requestId: params.get("requestId") || undefined,
    filter: params.get("filter") || undefined,
  };
  const query = useTraces(range, wanted);
  const isMistaken = query.error instanceof Refused && query.error.position !== undefined;
  const set = (name: string, value: string) => setParam(name, value || undefined);
  return (
    <>
      <PageHeader title="Traces" question="Find that request." />
      <FilterBar
        filter={params.get("filter") ?? ""}
        functions={functions.data?.functions.map((f) => f.name) ?? []}
        error={query.error}
        onChange={(filter) => set("filter", filter)}
      />
      <Group mb="md" gap="sm" align="end">
        <NativeSelect
          label="Through"
          value={params.get("through") ?? ""}
          onChange={(event) => set("through", event.currentTarget.value)}
          data={choices(params.get("through") ?? "", functions.data?.functions.map((f) => f.name) ?? [])}
        />
        <NativeSelect
          label="Outcome"
          value={params.get("outcome") ?? ""}
          onChange={(event) => set("outcome", event.currentTarget.value)}
          data={[
            { value: "", label: "Any" },
            { value: "ok", label: "ok" },
            { value: "error", label: "error" },
            { value: "timeout", label: "timed out" },
            { value: "crash", label: "crashed" },
            { value: "init_error", label: "start failed" },
            { value: "init_timeout", label: "start timed out" },
            { value: "running", label: "running" },
          ]}
        />
        <NumberInput
          label="At least (ms)"
          w={120}
          min={0}
          value={minDuration || ""}
          onChange={(value) => set("minDurationMs", value ? String(value) : "")}
        />
        <TextInput
          label="Request id"
          w={{ base: "100%", sm: 300 }}
          value={params.get("requestId") ?? ""}
          onChange={(event) => set("requestId", event.currentTarget.value.trim())}
        />
        <Checkbox
          label="With a cold start"
          pb={8}
          checked={params.get("cold") === "true"}
          onChange={(event) => set("cold", event.currentTarget.checked ? "true" : "")}
        />
      </Group>
      {isMistaken ? (
        <Notice title="The filter can't be read">Nothing is asked until it can.</Notice>
      ) : (
        <Loaded query={query}>
          {(data) =>
            data.traces.length === 0 ? (
              <Notice title="No trace fits">{label}. Widen the time range or drop a filter.</Notice>
            ) : (
              <>
                <Density
                  range={range}
                  filter={wanted}
                  shown={data.traces.length}
                  address={withoutTime(params)}
                />
                <div className="panel flush">
                  <Table traces={data.traces} />
                  <ShowMore query={query} />
                </div>
              </>
            )
          }
        </Loaded>
      )}
    </>
  );
}

function withoutTime(params: URLSearchParams): string {
  const kept = new URLSearchParams(params);
  for (const key of ["from", "to", "range"]) {
    kept.delete(key);
  }
  return `/traces?${kept}`;
}

/** A link may name several functions. */
function choices(chosen: string, names: string[]) {
  return [
    { value: "", label: "Any function" },
    ...withChosen(names, chosen || null).map((name) => ({ value: name, label: name.replaceAll(",", ", ") })),
  ];
}

function Table({ traces }: { traces: TraceItem[] }) {
  const keep = useKeepRange();
  const longest = Math.max(...traces.map((t) => t.durationMs), 1);
  const columns: Column<TraceItem>[] = [
    { key: "start", title: "Started", sort: (t) => t.startMs, render: (t) => <Moment ms={t.startMs} /> },
    {
      key: "root",
      title: "Starts at",
      sort: (t) => t.rootFunction,
      render: (t) => (
        <Link className="plain" to={keep(`/traces/${t.traceId}`)}>
          {t.rootFunction}
        </Link>
      ),
    },
    outcomeColumn,
    durationColumn,
    {
      key: "bar",
      title: "",
      render: (t) => (
        <div style={{ width: 120, height: 8, borderRadius: 3, background: "var(--thaw-faint)" }}>
          <div
            style={{
              width: `${Math.max(1, (t.durationMs / longest) * 100)}%`,
              height: "100%",
              borderRadius: 3,
              background: "var(--mantine-primary-color-filled)",
            }}
          />
        </div>
      ),
    },
    {
      key: "invocations",
      title: "Invocations",
      number: true,
      sort: (t) => t.invocations,
      render: (t) => count(t.invocations),
    },
    coldColumn,
    {
      key: "functions",
      title: "Functions",
      render: (t) => <span className="muted">{t.functions.join(", ")}</span>,
    },
  ];
  return (
    <DataTable
      caption="Traces"
      rows={traces}
      columns={columns}
      rowKey={(t) => t.traceId}
      initialSort={{ key: "start", descending: true }}
    />
  );
}
