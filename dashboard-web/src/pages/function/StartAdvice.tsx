// What would make its starts quicker? The advice of its slowest start in the range.
import { Title } from "@mantine/core";
import { Link } from "react-router";
import { useColdStart, useColdStarts } from "../../api/client";
import { duration } from "../../components/format";
import { useKeepRange, useRange } from "../../components/RangePicker";

const MOST = 3;

export function StartAdvice({ name }: { name: string }) {
  const { range } = useRange();
  const keep = useKeepRange();
  const slowest = useColdStarts(range, name).data?.coldStarts[0];
  const start = useColdStart(slowest?.traceId ?? "", slowest?.spanId ?? "").data;
  if (!slowest || !start || start.advice.length === 0) {
    return null;
  }
  return (
    <>
      <Title order={2} size="h4" mt="lg" mb="xs">
        What would make its starts quicker
      </Title>
      <div className="panel">
        <ul style={{ margin: 0, paddingLeft: 18 }}>
          {start.advice.slice(0, MOST).map((advice) => (
            <li key={advice.rule + advice.title}>
              <strong>{duration(advice.ms)}</strong> {advice.title}
            </li>
          ))}
        </ul>
        <p className="muted" style={{ margin: "6px 0 0", fontSize: 13 }}>
          By its <Link to={keep(`/cold-starts/${slowest.traceId}/${slowest.spanId}`)}>slowest start</Link>,
          which took {duration(slowest.initMs)}.
        </p>
      </div>
    </>
  );
}
