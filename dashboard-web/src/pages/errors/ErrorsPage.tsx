// What is new since the deploy? Errors, crashes and failed starts, grouped by type and place.
import { useSearchParams } from "react-router";
import { useFailures } from "../../api/client";
import { FailureList } from "../../components/FailureList";
import { FunctionSelect } from "../../components/FunctionSelect";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useRange } from "../../components/RangePicker";

export function ErrorsPage() {
  const { range, label } = useRange();
  const [params] = useSearchParams();
  const query = useFailures(range, "errors", params.get("function") ?? undefined);
  return (
    <>
      <PageHeader title="Errors" question="What is new since the deploy?">
        <FunctionSelect />
      </PageHeader>
      <Loaded query={query}>
        {(data) =>
          data.failures.length === 0 ? (
            <Notice title="No errors">{label}: nothing threw, crashed or failed to start.</Notice>
          ) : (
            <FailureList
              // What is new comes first: it is what somebody has to look at.
              failures={[...data.failures].sort((a, b) => Number(b.isNew) - Number(a.isNew))}
              label="Errors by type and place"
            />
          )
        }
      </Loaded>
    </>
  );
}
