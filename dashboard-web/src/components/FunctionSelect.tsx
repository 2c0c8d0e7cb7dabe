// Which function a page is about; it lives in the address.
import { NativeSelect } from "@mantine/core";
import { useSearchParams } from "react-router";
import { useFunctions } from "../api/client";
import { useRange } from "./RangePicker";
import { useSetParam } from "./useSetParam";
import { withChosen } from "./withChosen";

export function FunctionSelect() {
  const { range } = useRange();
  const [params] = useSearchParams();
  const set = useSetParam();
  const chosen = params.get("function") ?? "";
  const names = (useFunctions(range).data?.functions ?? []).map((f) => f.name);
  return (
    <NativeSelect
      aria-label="Function"
      maw={300}
      value={chosen}
      onChange={(event) => set("function", event.currentTarget.value || undefined)}
      data={[
        { value: "", label: "All functions" },
        ...withChosen(names, chosen || null).map((name) => ({ value: name, label: name })),
      ]}
    />
  );
}
