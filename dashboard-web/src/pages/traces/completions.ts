// What may follow in a filter, as the whole text that would stand there then.
import { quoted } from "../../components/filter";

const FIELDS = [
  "function = ",
  "duration > ",
  "cold",
  "outcome = ",
  "init > ",
  "name ~ ",
  "kind = ",
  "status = ",
  "trigger = ",
  "version = ",
  "request = ",
  "error ~ ",
  "environment = ",
  "log ~ ",
  'attr["',
  'resource["',
  "not ",
];
const OUTCOMES = ["ok", "running", "error", "timeout", "crash", "init_error", "init_timeout"];
const KINDS = ["server", "client", "producer", "consumer", "internal"];
const STATUSES = ["unset", "ok", "error"];
const MOST = 12;

/** A filter that ends in the middle of a quote gets none: what is in it is the user's own. */
export function completions(text: string, functions: string[]): string[] {
  if ((text.replaceAll('\\"', "").split('"').length - 1) % 2 === 1) {
    return [];
  }
  const value = /^(.*\b(function|outcome|kind|status)\s*(?:!=|=|~)\s*)([^\s"()]*)$/s.exec(text);
  if (value) {
    const [, head = "", field, begun = ""] = value;
    const words =
      field === "function" ? functions : field === "outcome" ? OUTCOMES : field === "kind" ? KINDS : STATUSES;
    return continued(head, begun, words.map(quotedIfNeeded));
  }
  const begun = /[^\s"()\]]*$/.exec(text)?.[0] ?? "";
  const head = text.slice(0, text.length - begun.length);
  const before = head.trimEnd();
  const isTermNext = before === "" || /(?:^|[\s(])(?:and|or|not)$/i.test(before) || before.endsWith("(");
  if (isTermNext) {
    return continued(head, begun, FIELDS);
  }
  const isValueNext = /(?:[<>=~])$/.test(before);
  return isValueNext ? [] : continued(head, begun, ["and ", "or "]);
}

function continued(head: string, begun: string, words: string[]): string[] {
  return words
    .filter((word) => word.toLowerCase().startsWith(begun.toLowerCase()) && word !== begun)
    .slice(0, MOST)
    .map((word) => head + word);
}

function quotedIfNeeded(word: string): string {
  return /^[^\s"()[\]<>=!~]+$/.test(word) ? word : quoted(word);
}
