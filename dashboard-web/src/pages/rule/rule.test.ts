import { expect, it } from "vitest";
import { lookBackOf, nameFor, problemsByField, ruleText, selectorOf, withSelector } from "./rule";

const duration = {
  kind: "duration",
  unit: "duration" as const,
  form: "",
  threshold: "1s",
  window: "5m",
  percentile: "p99",
  minimum: 10,
};

it("sends only what was filled in, and what the kind knows", () => {
  const fields = { name: " slow ", kind: "duration", percentile: "p95", "slower-than": "2s", for: "" };
  expect(ruleText(fields, duration, ["oncall"])).toEqual({
    fields: { name: "slow", kind: "duration", percentile: "p95" },
    channels: ["oncall"],
  });
  expect(ruleText(fields, { ...duration, percentile: "" }, []).fields).not.toHaveProperty("percentile");
});

it("puts what is wrong to the field that it is about", () => {
  const problems = [
    { line: 1, column: 1, message: "threshold is 'x'; write a share such as 5%" },
    { line: 1, column: 1, message: "a rule needs a name" },
  ];
  expect(problemsByField(problems, ["name", "threshold"])).toEqual({
    threshold: "threshold is 'x'; write a share such as 5%",
    "": "a rule needs a name",
  });
});

it("looks further back for windows of hours", () => {
  expect(lookBackOf("5m")).toBe("1d");
  expect(lookBackOf("1h")).toBe("1d");
  expect(lookBackOf("1d")).toBe("7d");
  expect(lookBackOf("nonsense")).toBe("1d");
});

it("finds a name", () => {
  expect(nameFor("timeouts", "checkout")).toBe("checkout: timeouts");
  expect(nameFor("timeouts", "*")).toBe("timeouts");
});

it("names functions in one way at a time", () => {
  const byName = { name: "r", function: "checkout" };
  expect(selectorOf(byName)).toBe("function");
  expect(withSelector(byName, "tag")).toEqual({ name: "r", tag: "team=" });
  expect(withSelector(byName, "chain")).toEqual({ name: "r", chain: "checkout" });
  expect(withSelector({ name: "r", function: "*" }, "chain")).toEqual({ name: "r", chain: "" });
  expect(withSelector({ name: "r", tag: "team=a" }, "function")).toEqual({ name: "r", function: "*" });
});
