// The rules, in words, and where each stands.
import { useState } from "react";
import { Link } from "react-router";
import type { AlertItem, RuleItem } from "../../api/client";
import { type Column, DataTable } from "../../components/DataTable";

export function RuleTable({
  rules,
  alerts,
  onRemove,
}: {
  rules: RuleItem[];
  alerts: AlertItem[];
  onRemove?: (name: string) => void;
}) {
  const [asked, setAsked] = useState("");
  const firing = (name: string) =>
    alerts.filter(({ alert }) => alert.rule === name && alert.state === "firing").length;
  const columns: Column<RuleItem>[] = [
    {
      key: "name",
      title: "Rule",
      sort: (r) => nameOf(r),
      render: (r) => <Link to={`/alerts/rule?name=${encodeURIComponent(nameOf(r))}`}>{nameOf(r)}</Link>,
    },
    {
      key: "says",
      title: "Fires at",
      wide: true,
      render: (r) => (
        <>
          {r.sentence} <span className="muted">of {aboutOf(r)}</span>
        </>
      ),
    },
    {
      key: "firing",
      title: "Firing for",
      number: true,
      sort: (r) => firing(nameOf(r)),
      render: (r) => firing(nameOf(r)) || "–",
    },
    {
      key: "told",
      title: "Told",
      render: (r) => (r.channels.length > 0 ? r.channels.join(", ") : <span className="muted">all</span>),
    },
    {
      key: "file",
      title: "Kept in",
      sort: (r) => r.file,
      render: (r) => (
        <span className="muted">{r.file === "" ? "dashboard" : r.file.replace(/.*\//, "")}</span>
      ),
    },
  ];
  if (onRemove) {
    columns.push({
      key: "remove",
      title: "",
      render: (r) =>
        r.file !== "" ? null : asked === nameOf(r) ? (
          <button type="button" className="plain-button" onClick={() => onRemove(nameOf(r))}>
            Really remove
          </button>
        ) : (
          <button type="button" className="plain-button" onClick={() => setAsked(nameOf(r))}>
            Remove<span className="sr-only">{` ${nameOf(r)}`}</span>
          </button>
        ),
    });
  }
  return <DataTable caption="Rules" rows={rules} columns={columns} rowKey={nameOf} />;
}

function nameOf(rule: RuleItem): string {
  return rule.fields.name ?? "";
}

function aboutOf({ fields }: RuleItem): string {
  if (fields.tag) {
    return `functions with ${fields.tag}`;
  }
  if (fields.chain) {
    return `the chain of ${fields.chain}`;
  }
  return fields.function === "*" ? "any one function" : (fields.function ?? "");
}
