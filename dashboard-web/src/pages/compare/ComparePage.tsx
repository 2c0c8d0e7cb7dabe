// What differs? Two sets of a function's invocations, or two traces.
import { NativeSelect } from "@mantine/core";
import { useSearchParams } from "react-router";
import { useFunction, useFunctions } from "../../api/client";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { useRange } from "../../components/RangePicker";
import { useSetParam } from "../../components/useSetParam";
import { withChosen } from "../../components/withChosen";
import { ChooseTrace } from "./ChooseTrace";
import { FilterSides } from "./FilterSides";
import { SetComparison } from "./SetComparison";
import { sides, WAYS, wayOf } from "./sides";
import { TraceComparison } from "./TraceComparison";
import "./compare.css";

export function ComparePage() {
  const [params] = useSearchParams();
  const set = useSetParam();
  const { range } = useRange();
  const functions = useFunctions(range).data?.functions.map((f) => f.name) ?? [];
  const trace = params.get("trace") ?? "";
  const other = params.get("with") ?? "";
  if (trace !== "") {
    return other === "" ? (
      <ChooseTrace traceId={trace} isColdOnly={params.get("only") === "cold"} />
    ) : (
      <TraceComparison a={trace} b={other} />
    );
  }
  const name = params.get("function") ?? functions[0] ?? "";
  const way = wayOf(params.get("by"));
  return (
    <>
      <PageHeader title="Compare" question="What differs?" />
      <div className="compare-choice">
        <NativeSelect
          label="Of the function"
          value={name}
          onChange={(event) => set("function", event.currentTarget.value)}
          data={withChosen(functions, name || null)}
        />
        <NativeSelect
          label="What"
          value={way}
          onChange={(event) => set("by", event.currentTarget.value)}
          data={Object.entries(WAYS).map(([value, label]) => ({ value, label }))}
        />
      </div>
      {name === "" ? (
        <Notice title="No function yet">Nothing ran in this time; widen the time range.</Notice>
      ) : (
        <OfFunction name={name} />
      )}
    </>
  );
}

function OfFunction({ name }: { name: string }) {
  const [params] = useSearchParams();
  const { range } = useRange();
  const query = useFunction(name, range);
  const way = wayOf(params.get("by"));
  return (
    <Loaded query={query}>
      {(detail) => {
        const [a, b] = sides(way, detail);
        if (way === "filters") {
          return <FilterSides usual={a.filter} />;
        }
        return a.filter === "" || b.filter === "" ? (
          <Notice title="Nothing to compare">
            {way === "versions"
              ? `${name} ran in one version in this time.`
              : `${name} did not run in this time.`}
          </Notice>
        ) : (
          <SetComparison a={a} b={b} />
        );
      }}
    </Loaded>
  );
}
