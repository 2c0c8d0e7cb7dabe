import { expect, it } from "vitest";
import type { FrameItem } from "../../api/client";
import { collapsed, speedscope } from "./exports";

const frame = (name: string, selfMs: number, children: FrameItem[] = [], jar = ""): FrameItem => ({
  name,
  jar,
  selfMs,
  ms: selfMs + children.reduce((sum, child) => sum + child.ms, 0),
  children,
});

const phases = [
  frame("load", 0, [frame("a.B.c", 2, [frame("x;y", 1.5)], "b.jar"), frame("a.B.d", 0.5)]),
  frame("handler", 3),
];

it("writes each stack with the time that its innermost frame took itself", () => {
  expect(collapsed(phases)).toBe("load;a.B.c 2000\nload;a.B.c;x:y 1500\nload;a.B.d 500\nhandler 3000\n");
  expect(collapsed([])).toBe("");
});

it("gives speedscope each frame once, and all the time", () => {
  const file = speedscope("start", [...phases, frame("load", 1)]);
  const profile = file.profiles[0];
  expect(file.shared.frames.map((f) => f.name)).toEqual(["load", "a.B.c", "x;y", "a.B.d", "handler"]);
  expect(file.shared.frames[1]?.file).toBe("b.jar");
  expect(profile?.samples).toEqual([[0, 1], [0, 1, 2], [0, 3], [4], [0]]);
  expect(profile?.weights).toEqual([2, 1.5, 0.5, 3, 1]);
  expect(profile?.endValue).toBe(8);
});
