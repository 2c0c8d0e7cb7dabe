import { expect, it } from "vitest";
import type { FunctionDetail } from "../../api/client";
import { sides, wayOf } from "./sides";

const detail = (p95: number | null, ...versions: string[]) =>
  ({
    summary: { name: 'che"ckout', durationMs: p95 === null ? null : { p50: 1, p95, p99: 9, max: 9 } },
    versions: versions.map((version) => ({ version })),
  }) as unknown as FunctionDetail;

it("asks for the slowest and the rest without leaving any out", () => {
  const [slow, rest] = sides("slow", detail(1234.5678));
  expect(slow.filter).toBe('function = "che\\"ckout" and duration >= 1234568us');
  expect(rest.filter).toBe('function = "che\\"ckout" and duration < 1234568us');
  expect(slow.name).toBe("slowest 5 %, from 1.23 s");
});

it("asks nothing where there is nothing to compare", () => {
  expect(sides("slow", detail(null)).map((side) => side.filter)).toEqual(["", ""]);
  expect(sides("versions", detail(1, "7"))[1]).toEqual({ name: "no other version", filter: "" });
});

it("takes the newest two versions", () => {
  const [newest, before] = sides("versions", detail(1, "8", "7", "6"));
  expect(newest.filter).toContain('version = "8"');
  expect(before.filter).toContain('version = "7"');
});

it("takes the usual way for one that it does not know", () => {
  expect(wayOf("sideways")).toBe("slow");
  expect(wayOf("cold")).toBe("cold");
});
