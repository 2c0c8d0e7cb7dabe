// Which function a page is about; it lives in the address.
import { NativeSelect } from "@mantine/core";
import { useSearchParams } from "react-router";
import { useFunctions } from "../api/client";
import { useRange } from "./RangePicker";

export function FunctionSelect() {
  const { range } = useRange();
  const [params, setParams] = useSearchParams();
  const chosen = params.get("function") ?? "";
  const names = (useFunctions(range).data?.functions ?? []).map((f) => f.name);
  // One that did nothing in the range can still have been asked for.
  const all = chosen && !names.includes(chosen) ? [chosen, ...names] : names;
  return (
    <NativeSelect
      aria-label="Function"
      maw={300}
      value={chosen}
      onChange={(event) => {
        const next = new URLSearchParams(params);
        const value = event.currentTarget.value;
        if (value) {
          next.set("function", value);
        } else {
          next.delete("function");
        }
        setParams(next, { replace: true });
      }}
      data={[{ value: "", label: "All functions" }, ...all.map((name) => ({ value: name, label: name }))]}
    />
  );
}
