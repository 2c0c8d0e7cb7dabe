// The fields of a rule, each with what it means and what is wrong with it.
import { Button, Checkbox, Group, NativeSelect, SimpleGrid, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { type KindItem, Refused, type RuleText, saveRule, usePreview } from "../../api/client";
import type { Suggested } from "./RulePage";
import { KIND_LABELS, problemsByField, SELECTORS, selectorOf, withSelector } from "./rule";

const FIELDS = [
  "name",
  "kind",
  "function",
  "tag",
  "chain",
  "threshold",
  "compared-with",
  "window",
  "for",
  "keep-firing",
  "resolve",
  "minimum",
  "percentile",
  "slower-than",
  "severity",
  "runbook",
];
const DAY = 86_400_000;

export function RuleForm(props: {
  rule: RuleText;
  fields: Record<string, string>;
  kind: KindItem | undefined;
  kinds: KindItem[];
  channels: string[];
  suggested: Suggested;
  /** The name that it has now; empty for a new one. */
  replaces: string;
  /** The file that it stands in; empty when it can be changed here. */
  file: string;
  mayEdit: boolean;
  onFields: (fields: Record<string, string>) => void;
  onChannels: (channels: string[]) => void;
  onKind: (kind: string) => void;
}) {
  const { rule, fields, kind, suggested } = props;
  const [failure, setFailure] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const preview = usePreview(rule, DAY);
  const wrong = preview.error instanceof Refused ? problemsByField(preview.error.problems, FIELDS) : {};
  const selector = selectorOf(fields);
  const isComplete = selector === "function" || (fields[selector] ?? "") !== "";
  const suggestion = suggested[fields.kind ?? ""];
  const set = (key: string) => (event: { currentTarget: { value: string } }) =>
    props.onFields({ ...fields, [key]: event.currentTarget.value });
  const input = (key: string, label: string, description: string, placeholder?: string) => (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      value={fields[key] ?? ""}
      onChange={set(key)}
      error={wrong[key]}
      disabled={props.file !== ""}
    />
  );

  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      await saveRule(rule, props.replaces);
      await queries.invalidateQueries({ queryKey: ["alerts"] });
      navigate("/alerts");
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <form onSubmit={submit} className="panel" aria-label="Rule">
      {props.file !== "" && (
        <p className="muted" style={{ marginTop: 0 }}>
          This rule stands in <code>{props.file}</code> and is changed there; the collector reads it again by
          itself.
        </p>
      )}
      {input("name", "Name", "People know the rule by it")}
      <SimpleGrid cols={{ base: 1, xs: 2 }} mt="sm" spacing="sm">
        <NativeSelect
          label="Watch"
          description="What the rule is about"
          value={fields.kind}
          onChange={(event) => props.onKind(event.currentTarget.value)}
          data={props.kinds.map((one) => ({ value: one.kind, label: KIND_LABELS[one.kind] ?? one.kind }))}
          disabled={props.file !== ""}
        />
        <NativeSelect
          label="Of"
          description="There is one alert for each function"
          value={selector}
          onChange={(event) => props.onFields(withSelector(fields, event.currentTarget.value))}
          data={SELECTORS.map(({ value, label }) => ({ value, label }))}
          disabled={props.file !== ""}
        />
        {input(selector, "Of which", SELECTORS.find(({ value }) => value === selector)?.description ?? "")}
        {kind?.percentile && input("percentile", "Percentile", "p50 to p100, or max")}
        {kind?.kind === "slow-cold-starts" &&
          input("slower-than", "Slower than", "From which init duration on", "1s")}
        {input(
          "threshold",
          "Threshold",
          suggestion
            ? `Suggested: ${suggestion.threshold}, ${suggestion.why}`
            : fields["compared-with"]
              ? "A change such as +50%"
              : `Write ${kind?.form ?? "it"}`,
        )}
        {input("window", "Within", "How far back it looks: 5m, 1h, 1d")}
        {input("for", "For", "How long it must hold before it fires", "at once")}
        <NativeSelect
          label="Compared with"
          description="The threshold is then a change such as +50%"
          value={fields["compared-with"] ?? ""}
          onChange={set("compared-with")}
          error={wrong["compared-with"]}
          data={[
            { value: "", label: "nothing" },
            { value: "yesterday", label: "the same time yesterday" },
            { value: "last-week", label: "the same time a week ago" },
          ]}
          disabled={props.file !== ""}
        />
      </SimpleGrid>
      <details style={{ marginTop: 12 }}>
        <summary>More</summary>
        <SimpleGrid cols={{ base: 1, xs: 2 }} mt="sm" spacing="sm">
          {input("keep-firing", "Keep firing", "How long it must not hold before it is over", "2m")}
          {input("resolve", "Resolve at", "The value at which it is over", "the threshold")}
          {input("minimum", "At least so many invocations", "Fewer say nothing", String(kind?.minimum ?? 0))}
          <NativeSelect
            label="Severity"
            description="For those who are told"
            value={fields.severity ?? "error"}
            onChange={set("severity")}
            data={["critical", "error", "warning", "info"]}
            disabled={props.file !== ""}
          />
          {input("runbook", "What to do", "An address, sent with each message", "https://")}
        </SimpleGrid>
        {props.channels.length > 0 && (
          <Checkbox.Group
            label="Who is told"
            description="All, when none is chosen"
            value={rule.channels}
            onChange={props.onChannels}
            mt="sm"
          >
            <Group mt="xs">
              {props.channels.map((name) => (
                <Checkbox key={name} value={name} label={name} disabled={props.file !== ""} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
      </details>
      {(wrong[""] || failure) && (
        <div role="alert" style={{ color: "var(--thaw-error)", marginTop: 12 }}>
          {failure || wrong[""]}
        </div>
      )}
      {props.file === "" && (
        <Group mt="md">
          <Button type="submit" disabled={!props.mayEdit || !isComplete || Object.keys(wrong).length > 0}>
            Save
          </Button>
          {!props.mayEdit && <span className="muted">Saving needs a login with a token for editing.</span>}
        </Group>
      )}
    </form>
  );
}
