import { expect, test } from "vitest";
import { cloudWatch } from "./cloudWatch";

const RESOURCE = {
  "cloud.region": "eu-west-1",
  "aws.log.group.names": ["/aws/lambda/checkout"],
  "faas.instance": "2026/11/22/[$LATEST]0123abcd",
};

test("an invocation of Lambda leads to its lines in the console", () => {
  expect(cloudWatch(RESOURCE, "a-b")).toBe(
    "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fcheckout/log-events/2026$252F11$252F22$252F$255B$2524LATEST$255D0123abcd$3FfilterPattern$3D$2522a-b$2522",
  );
});

test("without a request id the whole stream is shown", () => {
  expect(cloudWatch(RESOURCE, undefined)).not.toContain("filterPattern");
});

test("what runs elsewhere has no log there", () => {
  expect(cloudWatch({ ...RESOURCE, "faas.instance": "checkout-1" }, "a-b")).toBe("");
  expect(cloudWatch({ ...RESOURCE, "aws.log.group.names": undefined }, "a-b")).toBe("");
  expect(cloudWatch({}, "a-b")).toBe("");
});

test("a region that is none leads nowhere", () => {
  expect(cloudWatch({ ...RESOURCE, "cloud.region": "evil.example/x" }, "a-b")).toBe("");
});

test("China and the government have consoles of their own", () => {
  expect(cloudWatch({ ...RESOURCE, "cloud.region": "cn-north-1" }, "a-b")).toMatch(
    /^https:\/\/cn-north-1\.console\.amazonaws\.cn\//,
  );
  expect(cloudWatch({ ...RESOURCE, "cloud.region": "us-gov-west-1" }, "a-b")).toMatch(
    /^https:\/\/us-gov-west-1\.console\.amazonaws-us-gov\.com\//,
  );
});
