import { expect, it } from "vitest";
import { spotOf, stripeOf } from "./stripe";

it("marks what the window shows", () => {
  expect(stripeOf(500, 1000, 4000)).toEqual({ from: 0.125, to: 0.375 });
  expect(stripeOf(-300, 1000, 4000)).toEqual({ from: 0, to: 0.175 });
  expect(stripeOf(3900, 1000, 4000)).toEqual({ from: 0.975, to: 1 });
  expect(stripeOf(-100, 1000, 0)).toEqual({ from: 0, to: 1 });
});

it("leads to the row under the pointer, and never beside the trace", () => {
  expect(spotOf(0.5, 100)).toBe(50);
  expect(spotOf(1, 100)).toBe(99);
  expect(spotOf(-0.2, 100)).toBe(0);
});
