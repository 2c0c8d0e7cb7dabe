// Who is told nothing of what, until when, and why.
import type { Silence } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";
import { Moment } from "../../components/Moment";

export function SilenceTable({
  silences,
  onEnd,
}: {
  silences: Silence[];
  onEnd?: (silence: Silence) => void;
}) {
  const columns: Column<Silence>[] = [
    { key: "rule", title: "Rule", sort: (s) => s.rule, render: (s) => s.rule },
    { key: "function", title: "Function", sort: (s) => s.function, render: (s) => s.function },
    { key: "until", title: "Until", sort: (s) => s.untilMs, render: (s) => <Moment ms={s.untilMs} /> },
    { key: "why", title: "Why", wide: true, render: (s) => s.why || "–" },
    { key: "by", title: "By", sort: (s) => s.by, render: (s) => s.by || "–" },
  ];
  if (onEnd) {
    columns.push({
      key: "end",
      title: "",
      render: (s) => (
        <button type="button" className="plain-button" onClick={() => onEnd(s)}>
          End it<span className="sr-only">{` for ${s.rule} of ${s.function}`}</span>
        </button>
      ),
    });
  }
  return <DataTable caption="Silences" rows={silences} columns={columns} rowKey={(s) => s.id} />;
}
