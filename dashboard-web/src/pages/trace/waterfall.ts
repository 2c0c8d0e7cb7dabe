// From a trace's spans to the rows of its waterfall: children under their parents, in the order of their start.

import type { SpanItem, TraceDetail } from "../../api/client";
import { phaseName } from "../../components/phases";

export interface Row {
  span: SpanItem;
  depth: number;
  /** Start and length as shares of the whole trace, 0 to 1. */
  left: number;
  width: number;
  throttles: number;
}

/** An init belongs to its invocation, but lies before it: it is shown first. */
function isInit(span: SpanItem): boolean {
  return span.attributes["thaw.phase"] === "init";
}

/** Whether a span is an init or a part of one. */
export function isPhase(span: SpanItem): boolean {
  return "thaw.phase" in span.attributes;
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
    value("url.full").replace(/^https?:\/\//, "")
  );
}

export function rows(trace: TraceDetail): Row[] {
  const ids = new Set(trace.spans.map((span) => span.spanId));
  const children = new Map<string, SpanItem[]>();
  const roots: SpanItem[] = [];
  for (const span of trace.spans) {
    // A parent that nobody sent must not hide its children.
    if (span.parentSpanId && ids.has(span.parentSpanId) && span.parentSpanId !== span.spanId) {
      const siblings = children.get(span.parentSpanId);
      if (siblings) {
        siblings.push(span);
      } else {
        children.set(span.parentSpanId, [span]);
      }
    } else {
      roots.push(span);
    }
  }
  const result: Row[] = [];
  const seen = new Set<string>();
  const total = Math.max(1, trace.durationUs);
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
    });
    for (const child of inOrder(children.get(span.spanId) ?? []).reverse()) {
      stack.push({ span: child, depth: depth + 1 });
    }
  }
  return result;
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
