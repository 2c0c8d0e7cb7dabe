import { describe, expect, it } from "vitest";
import { completions } from "./completions";

const functions = ["checkout", "pricing", "my function"];

describe("what may follow in a filter", () => {
  it("is a field at the beginning and after a word that joins", () => {
    expect(completions("", functions)).toContain("function = ");
    expect(completions("cold and d", functions)).toEqual(["cold and duration > "]);
    expect(completions("(", functions)).toContain("(cold");
    expect(completions("not c", functions)).toEqual(["not cold"]);
  });

  it("is a word that joins after a term", () => {
    expect(completions("cold ", functions)).toEqual(["cold and ", "cold or "]);
    expect(completions("duration > 2s a", functions)).toEqual(["duration > 2s and "]);
  });

  it("is one of the functions, in quotes where the name needs them", () => {
    expect(completions("function = ", functions)).toEqual([
      "function = checkout",
      "function = pricing",
      'function = "my function"',
    ]);
    expect(completions("cold and function=pr", functions)).toEqual(["cold and function=pricing"]);
  });

  it("is one of the words of a field that has only a few", () => {
    expect(completions("outcome = t", functions)).toEqual(["outcome = timeout"]);
  });

  it("is nothing inside a quote and where a value is the user's own", () => {
    expect(completions('attr["user', functions)).toEqual([]);
    expect(completions("duration > ", functions)).toEqual([]);
  });
});
