// Which function timed out, and what was it doing? Grouped by where they stood.
import { useSearchParams } from "react-router";
import { useFailures } from "../../api/client";
import { FailureList } from "../../components/FailureList";
import { FunctionSelect } from "../../components/FunctionSelect";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useRange } from "../../components/RangePicker";

export function TimeoutsPage() {
  const { range, label } = useRange();
  const [params] = useSearchParams();
  const query = useFailures(range, "timeouts", params.get("function") ?? undefined);
  return (
    <>
      <PageHeader title="Timeouts" question="Which function timed out, and what was it doing?">
        <FunctionSelect />
      </PageHeader>
      <Loaded query={query}>
        {(data) =>
          data.failures.length === 0 ? (
            <Notice title="No timeouts">{label}: everything ended in its time.</Notice>
          ) : (
            <FailureList failures={data.failures} label="Timeouts by where they stood" />
          )
        }
      </Loaded>
    </>
  );
}
