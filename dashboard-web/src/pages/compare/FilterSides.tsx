// Two filters that somebody writes; compared when both can be read.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { SetComparison } from "./SetComparison";

export function FilterSides({ usual }: { usual: string }) {
  const [params, setParams] = useSearchParams();
  const a = params.get("a") ?? "";
  const b = params.get("b") ?? "";
  const [texts, setTexts] = useState({ a: a || usual, b: b || usual });
  return (
    <>
      <form
        className="compare-choice"
        aria-label="Filters"
        onSubmit={(event) => {
          event.preventDefault();
          const next = new URLSearchParams(params);
          next.set("a", texts.a);
          next.set("b", texts.b);
          setParams(next);
        }}
      >
        {(["a", "b"] as const).map((side) => (
          <TextInput
            key={side}
            label={side.toUpperCase()}
            description="What an invocation has, such as: function = checkout and duration > 2s and cold"
            style={{ flex: "1 1 320px" }}
            value={texts[side]}
            onChange={(event) => setTexts({ ...texts, [side]: event.currentTarget.value })}
          />
        ))}
        <Button type="submit" disabled={texts.a.trim() === "" || texts.b.trim() === ""}>
          Compare
        </Button>
      </form>
      {a !== "" && b !== "" && <SetComparison a={{ name: "A", filter: a }} b={{ name: "B", filter: b }} />}
    </>
  );
}
