import { expect, it } from "vitest";
import type { Chains } from "../../api/client";
import { layout, path } from "./layout";

const chains: Chains = {
  fromMs: 0,
  toMs: 1,
  complete: true,
  nodes: ["a", "b", "c"].map((id) => ({
    id,
    label: id,
    kind: "function" as const,
    invocations: 1,
    failures: 0,
  })),
  edges: [
    ["a", "b"],
    ["b", "c"],
  ].map(([from, to]) => ({
    from: from ?? "",
    to: to ?? "",
    calls: 1,
    errors: 0,
    throttles: 0,
    durationMs: null,
    waitMs: null,
    exampleTraceId: "",
  })),
};

it("a called node stands to the right of its caller", () => {
  const x = new Map(layout(chains).nodes.map(({ node, x }) => [node.id, x]));
  expect(x.get("a")).toBeLessThan(x.get("b") ?? 0);
  expect(x.get("b")).toBeLessThan(x.get("c") ?? 0);
});

it("the map is the same whatever the order of the answer", () => {
  const turned = { ...chains, nodes: [...chains.nodes].reverse(), edges: [...chains.edges].reverse() };
  expect(layout(turned)).toEqual(layout(chains));
});

it("a line passes through each of its points and ends at the last", () => {
  const line = path([
    { x: 0, y: 0 },
    { x: 5, y: 5 },
    { x: 10, y: 0 },
  ]);
  expect(line).toMatch(/^M0,0 C.* 5,5 C.* 10,0$/);
});
