import { expect, test } from "vitest";
import { usage } from "./usage";

const MB = 1024 * 1024;
const WARM = {
  "faas.coldstart": false,
  "thaw.cpu.handler": 0.01,
  "thaw.cpu.time": 0.02,
  "thaw.memory.used": 480 * MB,
  "thaw.memory.heap": 60 * MB,
  "thaw.gc.count": 1,
  "thaw.gc.time": 0.004,
  "thaw.remaining_time": 2.96,
};
const RESOURCE = { "faas.max_memory": 512 * MB };

test("a warm invocation's uses are parts of what it had", () => {
  expect(usage(WARM, RESOURCE, 40).map((use) => [use.label, use.value, use.part])).toEqual([
    ["Processor", "10 ms", 0.25],
    ["Memory", "480 MB of 512 MB", 0.9375],
    ["Garbage collection", "4 ms in 1 pause", 0.1],
    ["Time", "40 ms of 3.00 s", 40 / 3000],
  ]);
});

test("what a cold one used since its process began is no part of its duration", () => {
  const cold = usage({ ...WARM, "faas.coldstart": true, "thaw.cpu.time": 1.5 }, RESOURCE, 40);
  expect([cold[0]?.value, cold[0]?.part]).toEqual(["1.50 s", undefined]);
  expect([cold[2]?.value, cold[2]?.part]).toEqual(["4 ms in 1 pause", undefined]);
});

test("one that ran out of time says so", () => {
  const late = usage({ "thaw.remaining_time": 0 }, {}, 3000);
  expect(late).toEqual([{ label: "Time", value: "3.00 s of 3.00 s", part: 1, note: "It ran out." }]);
});

test("memory without a known limit has no bar", () => {
  const memory = usage({ "thaw.memory.used": 64 * MB }, {}, 1)[0];
  expect([memory?.value, memory?.part]).toEqual(["64 MB", undefined]);
});

test("a clock that counted more than the duration does not fill more than the bar", () => {
  expect(usage({ "thaw.cpu.handler": 0.05 }, {}, 40)[0]?.part).toBe(1);
});

test("a call has none of it", () => {
  expect(usage({ "http.request.method": "GET" }, RESOURCE, 12)).toEqual([]);
});
