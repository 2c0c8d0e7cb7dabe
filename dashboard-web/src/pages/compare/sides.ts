// Which two sets of a function's invocations are compared, as filters and in words.
import type { FunctionDetail } from "../../api/client";
import { quoted } from "../../components/filter";
import { duration } from "../../components/format";

export interface Side {
  name: string;
  /** Empty while it is not known. */
  filter: string;
}

export const WAYS = {
  slow: "Slow against the rest",
  cold: "Cold against warm",
  failed: "Failed against successful",
  versions: "The newest version against the one before",
  filters: "What two filters find",
};

export type Way = keyof typeof WAYS;

export function wayOf(text: string | null): Way {
  return text !== null && text in WAYS ? (text as Way) : "slow";
}

/** The text of a duration in a filter: whole microseconds, so that nothing is lost. */
function limit(ms: number): string {
  return `${Math.round(ms * 1000)}us`;
}

export function sides(way: Way, detail: FunctionDetail): [Side, Side] {
  const of = `function = ${quoted(detail.summary.name)}`;
  switch (way) {
    case "slow": {
      const p95 = detail.summary.durationMs?.p95;
      if (p95 === undefined) {
        return [
          { name: "slow", filter: "" },
          { name: "the rest", filter: "" },
        ];
      }
      return [
        { name: `slowest 5 %, from ${duration(p95)}`, filter: `${of} and duration >= ${limit(p95)}` },
        { name: "the rest", filter: `${of} and duration < ${limit(p95)}` },
      ];
    }
    case "cold":
      return [
        { name: "cold", filter: `${of} and cold` },
        { name: "warm", filter: `${of} and not cold` },
      ];
    case "failed":
      return [
        { name: "failed", filter: `${of} and outcome != ok and outcome != running` },
        { name: "successful", filter: `${of} and outcome = ok` },
      ];
    case "versions": {
      const [newest, before] = detail.versions;
      const side = (version: string | undefined) => ({
        name: version === undefined ? "no other version" : version || "version not known",
        filter: version === undefined ? "" : `${of} and version = ${quoted(version)}`,
      });
      return [side(newest?.version), side(before?.version)];
    }
    default:
      return [
        { name: "A", filter: of },
        { name: "B", filter: of },
      ];
  }
}
