import { expect, it } from "vitest";
import type { SpanItem, TraceDetail } from "../../api/client";
import { difference, pairs } from "./pairs";

function span(spanId: string, parentSpanId: string, name: string, startUs: number, durationUs: number) {
  return {
    spanId,
    parentSpanId,
    causeSpanId: "",
    name,
    function: "f",
    kind: "internal",
    startUs,
    durationUs,
    outcome: "",
    attributes: {},
    events: [],
  } as unknown as SpanItem;
}

function trace(...spans: SpanItem[]): TraceDetail {
  return {
    startUs: 100,
    durationUs: 1000,
    spans,
    functions: ["f"],
    criticalPath: { parts: [] },
  } as unknown as TraceDetail;
}

it("puts what has the same name in the same place into one row", () => {
  const found = pairs(
    trace(span("1", "", "root", 100, 500), span("2", "1", "get", 110, 300), span("3", "1", "get", 450, 20)),
    trace(span("7", "", "root", 100, 200), span("8", "1x", "x", 0, 0), span("9", "7", "get", 110, 30)),
  );
  expect(found.map(({ name, a, b }) => [name, a?.spanId, b?.spanId])).toEqual([
    ["x", undefined, "8"],
    ["root", "1", "7"],
    ["get", "2", "9"],
    ["get", "3", undefined],
  ]);
  expect(found.map(difference)).toEqual([0, 300, 270, 20]);
  expect(new Set(found.map((pair) => pair.key)).size).toBe(4);
});

it("compares calls of one host, whatever the path", () => {
  const call = (path: string) => ({
    ...span("2", "", "GET", 100, 5),
    kind: "client" as const,
    attributes: { "url.full": `http://shop:80/${path}` },
  });
  expect(pairs(trace(call("orders/1")), trace(call("orders/2")))).toHaveLength(1);
});

it("keeps apart what has the same name under different parents", () => {
  const found = pairs(
    trace(span("1", "", "one", 100, 500), span("2", "1", "get", 110, 300)),
    trace(span("7", "", "two", 100, 200), span("8", "7", "get", 110, 30)),
  );
  expect(found).toHaveLength(4);
  expect(found.map((pair) => pair.depth)).toEqual([0, 1, 0, 1]);
});
