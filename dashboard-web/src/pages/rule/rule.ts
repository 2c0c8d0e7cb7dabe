// A rule as it is edited: what the form's fields say, and what is wrong with which of them.
import type { KindItem, RuleText, Schemas } from "../../api/client";

/** What an alert is about, in the words of people. */
export const KIND_LABELS: Record<string, string> = {
  timeouts: "Timeouts",
  "near-timeouts": "Near the time limit",
  errors: "Errors",
  "error-rate": "Share of failed invocations",
  throttles: "Throttled calls",
  "cold-start-share": "Share of cold starts",
  "slow-cold-starts": "Slow cold starts",
  "init-duration": "Init duration",
  duration: "Duration",
  memory: "Near the memory limit",
  silence: "Silence",
  cost: "Cost",
  "queue-wait": "Wait in the queue",
  "dead-letters": "Dead letters",
};

const SECONDS_PER: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Fields that are left empty are not sent: the collector knows what holds then. */
export function ruleText(
  fields: Record<string, string>,
  kind: KindItem | undefined,
  channels: string[],
): RuleText {
  const sent: Record<string, string> = {};
  for (const [key, value] of Object.entries(fields)) {
    const fits =
      (key !== "percentile" || Boolean(kind?.percentile)) &&
      (key !== "slower-than" || kind?.kind === "slow-cold-starts");
    if (value.trim() !== "" && fits) {
      sent[key] = value.trim();
    }
  }
  return { fields: sent, channels };
}

/** What is wrong, by the field that it is about; what is about none stands under the empty name. */
export function problemsByField(
  problems: Schemas["RuleProblem"][],
  fields: string[],
): Record<string, string> {
  const byField: Record<string, string> = {};
  for (const { message } of problems) {
    const field = fields.find((name) => message.startsWith(`${name} `)) ?? "";
    byField[field] = byField[field] ? `${byField[field]}; ${message}` : message;
  }
  return byField;
}

/** Whether a window of this length says more in days than in hours. */
export function lookBackOf(window: string): "1d" | "7d" {
  const match = /^([0-9.]+)(ms|s|m|h|d)$/.exec(window.trim());
  const seconds = match ? Number(match[1]) * (SECONDS_PER[match[2] ?? ""] ?? 0) : 0;
  return seconds > 3600 ? "7d" : "1d";
}

/** How the functions are named that a rule is about. */
export const SELECTORS = [
  { value: "function", label: "functions by name", description: "A name; * stands for anything" },
  {
    value: "tag",
    label: "functions with a tag",
    description: "An attribute of the environment: team=payments",
  },
  { value: "chain", label: "a chain of functions", description: "The function that it begins with" },
];

export function selectorOf(fields: Record<string, string>): string {
  return fields.tag !== undefined ? "tag" : fields.chain !== undefined ? "chain" : "function";
}

/** The same rule, about functions that are named in another way. */
export function withSelector(fields: Record<string, string>, selector: string): Record<string, string> {
  const { function: name, tag, chain, ...rest } = fields;
  const one = name ?? chain ?? "";
  const value =
    selector === "tag" ? (tag ?? "team=") : selector === "chain" && one === "*" ? "" : one === "" ? "*" : one;
  return { ...rest, [selector]: value };
}

/** A name that says what the rule is about, until somebody finds a better one. */
export function nameFor(kind: string, about: string): string {
  const what = (KIND_LABELS[kind] ?? kind).toLowerCase();
  return about === "*" || about === "" ? what : `${about}: ${what}`;
}
