import { expect, it } from "vitest";
import { choices, distance } from "./choices";

const pages = [
  { path: "/", title: "Overview" },
  { path: "/cold-starts", title: "Cold starts" },
  { path: "/x" },
];
const functions = ["checkout", "cold-mail", "a/b"];

it("offers pages with a title and functions when nothing is written", () => {
  expect(choices("", pages, functions).map((c) => c.label)).toEqual([
    "Overview",
    "Cold starts",
    "checkout",
    "cold-mail",
    "a/b",
  ]);
});

it("puts what begins so before what only has the letters in this order", () => {
  expect(choices("co", pages, functions).map((c) => c.label)).toEqual([
    "Cold starts",
    "cold-mail",
    "checkout",
    "co",
    "co",
  ]);
  expect(distance("cst", "Cold starts")).toBeGreaterThan(9);
  expect(distance("tsc", "Cold starts")).toBeUndefined();
});

it("opens a trace by its id, in X-Ray's form too", () => {
  const id = "5759e988bd862e3fe1be46a994272793";
  expect(choices(id, pages, functions)[0]?.path).toBe(`/traces/${id}`);
  expect(choices("1-5759e988-bd862e3fe1be46a994272793", pages, functions)[0]?.path).toBe(`/traces/${id}`);
});

it("looks for a request by the platform's id", () => {
  const id = "8f5f0e9a-3c0b-4a43-b1a2-0a1b2c3d4e5f";
  expect(choices(id, pages, functions)).toEqual([
    { key: "request", label: id, kind: "request", path: `/traces?range=7d&requestId=${id}` },
  ]);
});

it("keeps quotes in what is searched, and slashes in names", () => {
  const filter = new URL(choices('a"b', pages, functions)[0]?.path ?? "", "http://x").searchParams.get(
    "filter",
  );
  expect(filter).toBe('name ~ "a\\"b"');
  expect(choices("a/b", pages, functions)[0]?.path).toBe("/functions/a%2Fb");
});
