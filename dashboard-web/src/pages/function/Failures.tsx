// How does this function fail? Its most frequent failures; nothing when there are none.
import { Title } from "@mantine/core";
import { useFailures } from "../../api/client";
import { FailureList } from "../../components/FailureList";
import { useRange } from "../../components/RangePicker";

const MOST = 5;

export function Failures({ name }: { name: string }) {
  const { range } = useRange();
  const errors = useFailures(range, "errors", name).data?.failures ?? [];
  const timeouts = useFailures(range, "timeouts", name).data?.failures ?? [];
  const failures = [...errors, ...timeouts].sort((a, b) => b.count - a.count);
  if (failures.length === 0) {
    return null;
  }
  return (
    <>
      <Title order={2} size="h4" mt="lg" mb="xs">
        How it fails
      </Title>
      <FailureList failures={failures.slice(0, MOST)} label="Failures by type and place" />
    </>
  );
}
