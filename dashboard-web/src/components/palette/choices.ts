// What the palette offers for a text: pages, functions, a trace, a request. Plain functions.

import { quoted } from "../filter";

export interface Choice {
  /** Unique among those offered. */
  key: string;
  label: string;
  /** What it is: a page, a function, ... */
  kind: string;
  path: string;
}

const MOST = 12;

/** A UUID, as the platforms write it. */
const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How well a text fits a name: less is better; undefined when its letters don't come in this order. */
export function distance(text: string, name: string): number | undefined {
  const wanted = text.toLowerCase();
  const given = name.toLowerCase();
  const at = given.indexOf(wanted);
  if (at >= 0) {
    return at === 0 ? 0 : 1 + at / 1000;
  }
  let position = 0;
  let gaps = 0;
  for (const letter of wanted) {
    const next = given.indexOf(letter, position);
    if (next < 0) {
      return undefined;
    }
    gaps += next - position;
    position = next + 1;
  }
  return 10 + gaps;
}

export function choices(
  text: string,
  pages: { path: string; title?: string }[],
  functions: string[],
): Choice[] {
  const wanted = text.trim();
  const all: Choice[] = [
    ...pages
      .filter((page) => page.title)
      .map((page) => ({ key: page.path, label: page.title ?? "", kind: "page", path: page.path })),
    ...functions.map((name) => ({
      key: `function ${name}`,
      label: name,
      kind: "function",
      path: `/functions/${encodeURIComponent(name)}`,
    })),
  ];
  if (wanted === "") {
    return all.slice(0, MOST);
  }
  const found = all
    .map((choice) => ({ choice, far: distance(wanted, choice.label) }))
    .filter((entry): entry is { choice: Choice; far: number } => entry.far !== undefined)
    .sort((a, b) => a.far - b.far)
    .map((entry) => entry.choice);
  return [...ofAnId(wanted), ...found.slice(0, MOST), ...searches(wanted)];
}

/** A trace id, as logs show it, also in X-Ray's form: 1-5759e988-bd862e3fe1be46a994272793. */
function ofAnId(text: string): Choice[] {
  const hex = text
    .replace(/^(Root=)?1-/, "")
    .replace(/-/g, "")
    .toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(hex)) {
    return [];
  }
  const trace = { key: "trace", label: hex, kind: "trace", path: `/traces/${hex}` };
  return REQUEST_ID.test(text) ? [] : [trace];
}

function searches(text: string): Choice[] {
  if (REQUEST_ID.test(text)) {
    return [
      {
        key: "request",
        label: text,
        kind: "request",
        path: `/traces?range=7d&requestId=${encodeURIComponent(text)}`,
      },
    ];
  }
  return [
    {
      key: "name",
      label: text,
      kind: "spans whose name has it",
      path: `/traces?filter=${encodeURIComponent(`name ~ ${quoted(text)}`)}`,
    },
    {
      key: "error",
      label: text,
      kind: "errors whose type has it",
      path: `/traces?filter=${encodeURIComponent(`error ~ ${quoted(text)}`)}`,
    },
  ];
}
