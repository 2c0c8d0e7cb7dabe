import { describe, expect, it } from "vitest";
import type { SpanItem, TraceDetail } from "../api/client";
import { find, isPhase, label, rows, target, ticks } from "./waterfall";

function span(
  spanId: string,
  parentSpanId: string,
  startUs: number,
  durationUs: number,
  more: Partial<SpanItem> = {},
): SpanItem {
  return {
    traceId: "t",
    spanId,
    parentSpanId,
    causeSpanId: "",
    name: spanId,
    function: "f",
    kind: "server",
    startUs,
    durationUs,
    status: "unset",
    statusMessage: "",
    unfinished: false,
    outcome: "",
    cold: false,
    note: "",
    hang: null,
    attributes: {},
    resource: 0,
    events: [],
    links: [],
    ...more,
  };
}

function trace(spans: SpanItem[]): TraceDetail {
  return {
    traceId: "t",
    startUs: 0,
    durationUs: 1000,
    functions: ["f"],
    traces: 1,
    complete: true,
    criticalPath: { durationUs: 0, sentence: "", shares: [], parts: [] },
    resources: [],
    logs: [],
    spans,
  };
}

describe("a waterfall", () => {
  it("puts children under their parents in the order of their start", () => {
    const result = rows(
      trace([
        span("b", "root", 500, 100),
        span("root", "", 0, 1000),
        span("a", "root", 100, 100),
        span("a1", "a", 120, 10),
      ]),
    );
    expect(result.map((r) => `${r.depth} ${r.span.spanId}`)).toEqual(["0 root", "1 a", "2 a1", "1 b"]);
  });

  it("puts what a message led to under the call that sent it, with the time it waited", () => {
    const result = rows(
      trace([
        span("send", "", 0, 100, { kind: "producer", function: "a" }),
        span("got", "elsewhere", 400, 100, { causeSpanId: "send", outcome: "ok", function: "b" }),
      ]),
    );
    expect(result.map((r) => `${r.depth} ${r.span.spanId}`)).toEqual(["0 send", "1 got"]);
    expect(result[1]?.wait).toEqual({ left: 0.1, width: 0.3 });
  });

  it("marks where the critical path runs", () => {
    const parts = [{ kind: "work" as const, what: "f", spanId: "root", startUs: 200, durationUs: 300 }];
    const result = rows({
      ...trace([span("root", "", 0, 1000)]),
      criticalPath: { durationUs: 300, sentence: "", shares: [], parts },
    });
    expect(result[0]?.critical).toEqual([{ left: 0.2, width: 0.3 }]);
  });

  it("shows a span whose parent was never sent as a root", () => {
    const result = rows(trace([span("orphan", "missing", 0, 10)]));
    expect(result.map((r) => r.depth)).toEqual([0]);
  });

  it("shows every span once even when two name each other as parent", () => {
    const result = rows(trace([span("root", "", 0, 10), span("x", "y", 0, 10), span("y", "x", 0, 10)]));
    expect(result.map((r) => r.span.spanId)).toEqual(["root"]);
  });

  it("shows the init before the other children", () => {
    const result = rows(
      trace([
        span("root", "", 100, 900),
        span("call", "root", 200, 10),
        span("init", "root", 0, 100, { attributes: { "thaw.phase": "init" } }),
      ]),
    );
    expect(result.map((r) => r.span.spanId)).toEqual(["root", "init", "call"]);
  });

  it("names the parts of a start in words", () => {
    const phase = span("p", "init", 0, 10, { attributes: { "thaw.phase": "load" } });
    expect([label(phase), isPhase(phase)]).toEqual(["load the class", true]);
    const call = span("GET", "root", 0, 10);
    expect([label(call), isPhase(call)]).toEqual(["GET", false]);
  });

  it("places bars as shares of the whole", () => {
    const [row] = rows(trace([span("half", "", 250, 500)]));
    expect(row).toMatchObject({ left: 0.25, width: 0.5 });
  });

  it("counts the throttles that a call met", () => {
    const throttle = { timeUs: 1, name: "thaw.throttle", attributes: {} };
    const [row] = rows(trace([span("call", "", 0, 10, { events: [throttle, throttle] })]));
    expect(row?.throttles).toBe(2);
  });
});

describe("the ruler", () => {
  it("has round steps", () => {
    expect(ticks(4700, 5)).toEqual([0, 1000, 2000, 3000, 4000]);
  });

  it("has one mark for a trace without length", () => {
    expect(ticks(0, 5)).toEqual([0]);
  });
});

describe("a call's target", () => {
  it("is the function that it invokes", () => {
    const call = span("c", "", 0, 1, { kind: "client", attributes: { "faas.invoked_name": "pricing" } });
    expect(target(call)).toBe("pricing");
  });

  it("is an address without its scheme", () => {
    const call = span("c", "", 0, 1, {
      kind: "client",
      attributes: { "url.full": "http://shop.example:80/a" },
    });
    expect(target(call)).toBe("shop.example:80/a");
  });

  it("is nothing for an invocation", () => {
    expect(target(span("c", "", 0, 1, { attributes: { "messaging.destination.name": "orders" } }))).toBe("");
  });
});

describe("find", () => {
  it("finds rows by name, function and attribute, whatever their case, and none for nothing", () => {
    const list = rows(
      trace([
        span("root", "", 0, 100, { function: "Checkout" }),
        span("call", "root", 10, 10, { attributes: { "url.full": "http://pay.example/Charges", n: 17 } }),
        span("other", "root", 30, 10),
      ]),
    );
    expect(find(list, "checkout")).toEqual([0]);
    expect(find(list, "charges")).toEqual([1]);
    expect(find(list, "17")).toEqual([1]);
    expect(find(list, "  ")).toEqual([]);
    expect(find(list, "absent")).toEqual([]);
  });
});
