import { describe, expect, it } from "vitest";
import { bytes, count, duration, plural, share } from "./format";

describe("durations", () => {
  it.each([
    [0, "0 ms"],
    [0.42, "0.42 ms"],
    [12.34, "12.3 ms"],
    [12, "12 ms"],
    [412.4, "412 ms"],
    [999.6, "1.00 s"],
    [1240, "1.24 s"],
    [59_999, "1 min 0 s"],
    [125_000, "2 min 5 s"],
  ])("%s ms reads %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe("shares", () => {
  it("of nothing are 0 %", () => {
    expect(share(0, 0)).toBe("0 %");
  });

  it("that are very small do not read as none", () => {
    expect(share(1, 100_000)).toBe("<0.1 %");
  });

  it("are rounded to a tenth of a percent", () => {
    expect(share(1, 3)).toBe("33.3 %");
  });
});

it("counts have thousands apart", () => {
  expect(count(1234567)).toBe("1,234,567");
});

it("memory is in powers of 1024", () => {
  expect(bytes(512 * 1024 * 1024)).toBe("512 MB");
});

it("one of a thing is not many", () => {
  expect([plural(1, "invocation"), plural(2, "invocation")]).toEqual(["1 invocation", "2 invocations"]);
});
