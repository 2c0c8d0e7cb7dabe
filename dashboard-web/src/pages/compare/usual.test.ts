import { expect, it } from "vitest";
import type { TraceItem } from "../../api/client";
import { usualOf } from "./usual";

const trace = (durationMs: number, outcome = "ok") => ({ durationMs, outcome }) as TraceItem;

it("is the median of those that went well", () => {
  const traces = [trace(900, "timeout"), trace(5), trace(40), trace(10), trace(800, "error")];
  expect(usualOf(traces)?.durationMs).toBe(10);
});

it("is the median of all when none went well, and nothing of nothing", () => {
  expect(usualOf([trace(900, "timeout"), trace(3, "error")])?.durationMs).toBe(3);
  expect(usualOf([])).toBeUndefined();
});
