import { expect, it } from "vitest";
import type { FrameItem } from "../../api/client";
import { fits, hue, layout, matching, shortName, whole } from "./flame";

function frame(name: string, selfMs: number, ...children: FrameItem[]): FrameItem {
  return { name, jar: `${name}.jar`, ms: selfMs + children.reduce((s, c) => s + c.ms, 0), selfMs, children };
}

const tree = whole([
  frame("clinit", 0, frame("small", 10), frame("large", 20, frame("inner", 60))),
  frame("handler", 10),
]);

it("gives each frame its share, larger ones first", () => {
  const boxes = layout([tree]);
  expect(boxes.map((box) => [box.frame.name, box.depth, box.left, box.width])).toEqual([
    ["start", 0, 0, 1],
    ["clinit", 1, 0, 0.9],
    ["large", 2, 0, 0.8],
    ["inner", 3, 0, 0.6],
    ["small", 2, 0.8, expect.closeTo(0.1)],
    ["handler", 1, 0.9, expect.closeTo(0.1)],
  ]);
});

it("gives a chosen frame the whole width below its callers", () => {
  const clinit = tree.children[0] as FrameItem;
  const large = clinit.children[1] as FrameItem;
  expect(layout([tree, clinit, large]).map((box) => [box.frame.name, box.width])).toEqual([
    ["start", 1],
    ["clinit", 1],
    ["large", 1],
    ["inner", 0.75],
  ]);
});

it("leaves out what can't be seen", () => {
  const many = whole([frame("a", 1000), frame("b", 1)]);
  expect(layout([many]).map((box) => box.frame.name)).toEqual(["start", "a"]);
});

it("draws nothing below a frame without time", () => {
  expect(layout([whole([])])).toHaveLength(1);
});

it("counts what a search finds once", () => {
  expect(matching(tree, "LARGE")).toBe(80);
  expect(matching(tree, "inner")).toBe(60);
  expect(matching(tree, ".jar")).toBe(100);
  expect(fits(tree, "")).toBe(false);
});

it("shortens a frame to its class and method", () => {
  expect(shortName("com.example.Handler$1.<clinit>:12")).toBe("Handler$1.<clinit>:12");
  expect(shortName("clinit")).toBe("clinit");
});

it("colours a jar the same in every version, and the JDK not at all", () => {
  expect(hue("jackson-databind-2.22.4.jar")).toBe(hue("jackson-databind-2.19.0.jar"));
  expect(hue("jackson-core-2.22.4.jar")).not.toBe(hue("jackson-databind-2.22.4.jar"));
  expect(hue("jdk")).toBeUndefined();
});
