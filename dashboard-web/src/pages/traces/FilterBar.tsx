// The filter as text: completed while it is written, asked with Enter, and its mistakes shown in their place.
import { Autocomplete } from "@mantine/core";
import { useEffect, useState } from "react";
import { Refused } from "../../api/client";
import { completions } from "./completions";

const EXAMPLE = 'function = checkout and duration > 2s and cold and attr["user.id"] = "u7"';

const MARK = {
  background: "none",
  color: "inherit",
  borderBottom: "3px solid var(--mantine-color-error)",
};

export function FilterBar({
  filter,
  functions,
  error,
  onChange,
}: {
  filter: string;
  functions: string[];
  error: Error | null;
  onChange: (filter: string) => void;
}) {
  const [draft, setDraft] = useState(filter);
  useEffect(() => setDraft(filter), [filter]);
  const mistake = error instanceof Refused && error.position !== undefined ? error : undefined;
  return (
    <div style={{ marginBottom: 16 }}>
      <Autocomplete
        label="Filter"
        placeholder={EXAMPLE}
        value={draft}
        onChange={setDraft}
        data={completions(draft, functions)}
        filter={({ options }) => options}
        error={mistake !== undefined}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.defaultPrevented) {
            onChange(draft.trim());
          }
        }}
        styles={{
          input: { fontFamily: "var(--mantine-font-family-monospace)", color: "var(--mantine-color-text)" },
        }}
        aria-describedby={mistake ? "filter-mistake" : undefined}
        spellCheck={false}
        autoComplete="off"
      />
      {!mistake && (
        <div className="muted" style={{ marginTop: 4, fontSize: "0.875rem" }}>
          A condition on one span of the trace. Enter asks.
        </div>
      )}
      {mistake?.position !== undefined && (
        <div role="alert" id="filter-mistake" style={{ marginTop: 8, fontSize: "0.875rem" }}>
          <code style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {filter.slice(0, mistake.position)}
            <mark style={MARK}>{filter.slice(mistake.position, mistake.position + 1) || " "}</mark>
            {filter.slice(mistake.position + 1)}
          </code>
          <div>{mistake.message}</div>
        </div>
      )}
    </div>
  );
}
