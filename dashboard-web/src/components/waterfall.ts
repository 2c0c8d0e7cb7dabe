// From a trace's spans to the rows of its waterfall: children under their parents, in the order of their start.

import type { SpanItem, TraceDetail } from "../api/client";
import { phaseName } from "./phases";

export interface Row {
  span: SpanItem;
  depth: number;
  /** Start and length as shares of the whole trace, 0 to 1. */
  left: number;
  width: number;
  throttles: number;
  /** From the end of what sent it to its beginning, as shares of the whole; where it had to wait. */
  wait: { left: number; width: number } | undefined;
  /** Where the end of the chain had to wait for it, as shares of the whole. */
  critical: { left: number; width: number }[];
}

/** An init belongs to its invocation, but lies before it: it is shown first. */
function isInit(span: SpanItem): boolean {
  return span.attributes["thaw.phase"] === "init";
}

/** Whether a span is an init or a part of one. */
export function isPhase(span: SpanItem): boolean {
  return "thaw.phase" in span.attributes;
}

/** The invocation with which a trace begins. */
export function rootOf({ spans }: TraceDetail): SpanItem | undefined {
  const ids = new Set(spans.map((span) => span.spanId));
  return (
    spans.find((span) => span.outcome !== "" && !ids.has(span.parentSpanId) && !ids.has(span.causeSpanId)) ??
    spans[0]
  );
}

/** What a row is called. */
export function label(span: SpanItem): string {
  return isPhase(span) ? phaseName(String(span.attributes["thaw.phase"])) : span.name;
}

export function throttleCount(span: SpanItem): number {
  return span.events.filter((event) => event.name === "thaw.throttle").length;
}

/** What a call went to: a function, a queue, an address without its scheme; empty for other spans. */
export function target(span: SpanItem): string {
  const value = (key: string) =>
    typeof span.attributes[key] === "string" ? (span.attributes[key] as string) : "";
  if (span.kind !== "client" && span.kind !== "producer") {
    return "";
  }
  return (
    value("faas.invoked_name") ||
    value("messaging.destination.name") ||
    value("db.collection.name") ||
    value("aws.s3.bucket") ||
    value("url.full").replace(/^https?:\/\//, "")
  );
}

/** The rows that have a text in their name, target, function, message or one of their attributes. */
export function find(list: Row[], text: string): number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") {
    return [];
  }
  const found: number[] = [];
  list.forEach(({ span }, at) => {
    const texts = [
      label(span),
      target(span),
      span.function,
      span.statusMessage,
      ...Object.values(span.attributes),
    ];
    if (texts.some((value) => String(value).toLowerCase().includes(wanted))) {
      found.push(at);
    }
  });
  return found;
}

export function rows(trace: TraceDetail): Row[] {
  const byId = new Map(trace.spans.map((span) => [span.spanId, span]));
  const critical = new Map<string, { left: number; width: number }[]>();
  const total = Math.max(1, trace.durationUs);
  for (const part of trace.criticalPath.parts) {
    // Waiting belongs to what waited, which shows it.
    if (part.kind !== "wait") {
      const of = critical.get(part.spanId) ?? [];
      of.push({ left: (part.startUs - trace.startUs) / total, width: part.durationUs / total });
      critical.set(part.spanId, of);
    }
  }
  const children = new Map<string, SpanItem[]>();
  const roots: SpanItem[] = [];
  for (const span of trace.spans) {
    const above = parent(span, byId);
    if (above) {
      const siblings = children.get(above.spanId);
      if (siblings) {
        siblings.push(span);
      } else {
        children.set(above.spanId, [span]);
      }
    } else {
      roots.push(span);
    }
  }
  const result: Row[] = [];
  const seen = new Set<string>();
  // Not recursive: a chain may be thousands deep.
  const stack = inOrder(roots)
    .reverse()
    .map((span) => ({ span, depth: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { span, depth } = next;
    if (seen.has(span.spanId)) {
      continue;
    }
    seen.add(span.spanId);
    result.push({
      span,
      depth,
      left: (span.startUs - trace.startUs) / total,
      width: span.durationUs / total,
      throttles: throttleCount(span),
      wait: wait(span, parent(span, byId), trace),
      critical: critical.get(span.spanId) ?? [],
    });
    for (const child of inOrder(children.get(span.spanId) ?? []).reverse()) {
      stack.push({ span: child, depth: depth + 1 });
    }
  }
  return result;
}

/** Its parent, or what led to it; a parent that nobody sent must not hide its children. */
function parent(span: SpanItem, byId: Map<string, SpanItem>): SpanItem | undefined {
  const above = byId.get(span.parentSpanId) ?? byId.get(span.causeSpanId);
  return above?.spanId === span.spanId ? undefined : above;
}

function wait(span: SpanItem, sent: SpanItem | undefined, trace: TraceDetail) {
  const total = Math.max(1, trace.durationUs);
  const sentUs = sent ? sent.startUs + sent.durationUs : span.startUs;
  if (!sent || span.outcome === "" || span.startUs <= sentUs || sent.function === span.function) {
    return undefined;
  }
  return { left: (sentUs - trace.startUs) / total, width: (span.startUs - sentUs) / total };
}

function inOrder(spans: SpanItem[]): SpanItem[] {
  return [...spans].sort((a, b) => Number(isInit(b)) - Number(isInit(a)) || a.startUs - b.startUs);
}

/** Round times for the ruler, in microseconds from the start: at most `most` steps of 1, 2 or 5 times a power of ten. */
export function ticks(durationUs: number, most: number): number[] {
  if (durationUs <= 0) {
    return [0];
  }
  const rough = durationUs / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const result: number[] = [];
  for (let at = 0; at <= durationUs; at += step) {
    result.push(at);
  }
  return result;
}

const HUES = [190, 265, 35, 140, 330, 215, 85, 10];

/** The same function has the same colour in every trace of a session: by its place among the trace's functions. */
export function hue(name: string, functions: string[]): number {
  return HUES[Math.max(0, functions.indexOf(name)) % HUES.length] ?? 190;
}
