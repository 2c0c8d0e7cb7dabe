// Is the rule right? One rule, edited, with what it would have done in the past days.
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { type AlertList, type RuleItem, useAlerts, useSession, useSuggestions } from "../../api/client";
import { Loaded, Notice } from "../../components/Notice";
import { PageHeader } from "../../components/PageHeader";
import { RuleForm } from "./RuleForm";
import { RulePreview } from "./RulePreview";
import { lookBackOf, nameFor, ruleText } from "./rule";
import "./rule.css";

export function RulePage() {
  const [params] = useSearchParams();
  const name = params.get("name") ?? "";
  const query = useAlerts();
  const about = params.get("function") ?? "";
  const suggestions = useSuggestions(about);
  const isLoading = about !== "" && suggestions.isPending;
  return (
    <>
      <PageHeader title={name || "New rule"} question="When would it have fired, and is it right?">
        <Link to="/alerts">All alerts and rules</Link>
      </PageHeader>
      <Loaded query={isLoading ? { ...query, data: undefined, isPending: true } : query}>
        {(data) => {
          const known = data.rules.find((rule) => rule.fields.name === name);
          return name !== "" && !known ? (
            <Notice title="There is no such rule">
              <Link to="/alerts">These are there</Link>
            </Notice>
          ) : (
            <Editor
              key={name}
              data={data}
              known={known}
              about={about}
              kind={params.get("kind") ?? "timeouts"}
              suggested={Object.fromEntries(
                (suggestions.data?.suggestions ?? []).map(({ kind, threshold, why }) => [
                  kind,
                  { threshold, why },
                ]),
              )}
            />
          );
        }}
      </Loaded>
    </>
  );
}

export type Suggested = Record<string, { threshold: string; why: string }>;

function Editor(props: {
  data: AlertList;
  known: RuleItem | undefined;
  about: string;
  kind: string;
  suggested: Suggested;
}) {
  const { data, known, suggested } = props;
  const mayEdit = useSession().data?.mayEdit === true;
  const [fields, setFields] = useState<Record<string, string>>(
    () => known?.fields ?? fresh(data, props.kind, props.about, suggested),
  );
  const [channels, setChannels] = useState(known?.channels ?? []);
  const kind = data.kinds.find((one) => one.kind === fields.kind);
  const rule = ruleText(fields, kind, channels);
  return (
    <div className="rule-editor">
      <RuleForm
        rule={rule}
        fields={fields}
        kind={kind}
        kinds={data.kinds}
        channels={data.channels.map((channel) => channel.name)}
        suggested={suggested}
        replaces={known?.fields.name ?? ""}
        file={known?.file ?? ""}
        mayEdit={mayEdit}
        onFields={setFields}
        onChannels={setChannels}
        onKind={(next) =>
          setFields({
            ...fields,
            ...usual(data, next, suggested),
            name: isGiven(fields) ? (fields.name ?? "") : nameFor(next, fields.function ?? ""),
          })
        }
      />
      <RulePreview rule={rule} usualBack={lookBackOf(fields.window ?? "")} />
    </div>
  );
}

/** Whether somebody has found a name of their own. */
function isGiven(fields: Record<string, string>): boolean {
  return fields.name !== nameFor(fields.kind ?? "", fields.function ?? "");
}

function fresh(data: AlertList, kind: string, about: string, suggested: Suggested): Record<string, string> {
  return { name: nameFor(kind, about), function: about || "*", ...usual(data, kind, suggested) };
}

/** What holds for a kind when nobody says anything else. */
function usual(data: AlertList, kind: string, suggested: Suggested): Record<string, string> {
  const known = data.kinds.find((one) => one.kind === kind);
  return {
    kind,
    threshold: suggested[kind]?.threshold ?? known?.threshold ?? "",
    window: known?.window ?? "5m",
    percentile: known?.percentile ?? "",
  };
}
