import { describe, expect, it } from "vitest";
import { isCertain, lossText } from "./losses";

describe("what the collector has lost", () => {
  it("is nothing to speak of when all is well", () => {
    expect(lossText({ missingRequests: 0, skippedSpans: 0, damage: "" })).toBe("");
  });

  it("is counted", () => {
    expect(lossText({ missingRequests: 1, skippedSpans: 1200, damage: "" })).toBe(
      "1 request was in the journal and can't be read any more. 1,200 spans could not be stored.",
    );
  });

  it("is certain only when something is counted", () => {
    expect(isCertain({ missingRequests: 0, skippedSpans: 0, damage: "x" })).toBe(false);
    expect(isCertain({ missingRequests: 0, skippedSpans: 1, damage: "" })).toBe(true);
  });

  it("names what can't be read", () => {
    expect(
      lossText({ missingRequests: 0, skippedSpans: 0, damage: "thaw.duckdb was damaged and is now x" }),
    ).toBe("The database: thaw.duckdb was damaged and is now x.");
  });
});
