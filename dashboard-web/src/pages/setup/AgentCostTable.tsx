// What does the agent itself cost, function by function?
import { Title } from "@mantine/core";
import { Link } from "react-router";
import { type AgentCosts, useAgentCosts } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { count, duration, share } from "../../components/format";
import { Loaded, Notice } from "../../components/Notice";
import { useKeepRange, useRange } from "../../components/RangePicker";

type Cost = AgentCosts["functions"][number];

export function AgentCostTable() {
  const { range, label } = useRange();
  const query = useAgentCosts(range);
  return (
    <section aria-labelledby="agent-costs">
      <Title order={2} size="h4" id="agent-costs" mt="lg" mb="xs">
        4. What the agent costs
      </Title>
      <Loaded query={query}>
        {(data) =>
          data.functions.length === 0 ? (
            <Notice title="No cold starts with Thaw's agent">{label}: nothing to tell it from.</Notice>
          ) : (
            <>
              <div className="panel flush">
                <Table costs={data.functions} />
              </div>
              <p className="muted">
                Medians of {data.isAll ? "all" : "the newest"} {count(data.starts)} cold starts of the range.
              </p>
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function Table({ costs }: { costs: Cost[] }) {
  const keep = useKeepRange();
  const columns: Column<Cost>[] = [
    {
      key: "function",
      title: "Function",
      sort: (c) => c.function,
      render: (c) => (
        <Link className="plain" to={keep(`/cold-starts?function=${encodeURIComponent(c.function)}`)}>
          {c.function}
        </Link>
      ),
    },
    {
      key: "start",
      title: "Of its start",
      number: true,
      sort: (c) => c.startMs,
      render: (c) => duration(c.startMs),
    },
    {
      key: "share",
      title: "Share",
      number: true,
      sort: (c) => c.startMs / Math.max(1, c.initMs),
      render: (c) => share(c.startMs, c.initMs),
    },
    {
      key: "init",
      title: "The whole start",
      number: true,
      sort: (c) => c.initMs,
      render: (c) => duration(c.initMs),
    },
    {
      key: "send",
      title: "Held after a response, to send",
      number: true,
      sort: (c) => c.sendMs ?? 0,
      render: (c) => (c.sendMs === null ? "–" : duration(c.sendMs)),
    },
    {
      key: "starts",
      title: "Cold starts",
      number: true,
      sort: (c) => c.starts,
      render: (c) => count(c.starts),
    },
  ];
  return (
    <DataTable
      caption="What the agent costs"
      rows={costs}
      columns={columns}
      rowKey={(c) => c.function}
      initialSort={{ key: "start", descending: true }}
    />
  );
}
