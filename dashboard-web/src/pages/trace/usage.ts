// What an invocation used of what it had, from the attributes that the agent writes.
import { bytes, duration, plural, share } from "../../components/format";

export interface Use {
  label: string;
  value: string;
  /** How much of what there was, 0 to 1; without it there is no bar. */
  part?: number;
  note: string;
}

type Attributes = { [key: string]: unknown };

function number(values: Attributes, key: string): number | undefined {
  const value = values[key];
  return typeof value === "number" ? value : undefined;
}

function part(used: number, whole: number): number | undefined {
  return whole > 0 ? Math.min(1, Math.max(0, used / whole)) : undefined;
}

/** Empty for a span that is no invocation, or one that the agent did not see end. */
export function usage(attributes: Attributes, resource: Attributes, durationMs: number): Use[] {
  const isCold = attributes["faas.coldstart"] === true;
  const uses = [
    isCold ? ofStart(attributes) : ofHandler(attributes, durationMs),
    ofMemory(attributes, resource),
    ofCollections(attributes, durationMs, isCold),
    ofTime(attributes, durationMs),
  ];
  return uses.filter((use) => use !== undefined);
}

function ofHandler(attributes: Attributes, durationMs: number): Use | undefined {
  const seconds = number(attributes, "thaw.cpu.handler");
  if (seconds === undefined) {
    return undefined;
  }
  const ms = seconds * 1000;
  return {
    label: "Processor",
    value: duration(ms),
    part: part(ms, durationMs),
    note: `The handler's thread computed for ${share(Math.min(ms, durationMs), durationMs)} of the time and waited for the rest.`,
  };
}

/** A cold one's counters began with the process, so they are no part of its duration. */
function ofStart(attributes: Attributes): Use | undefined {
  const seconds = number(attributes, "thaw.cpu.time");
  return seconds === undefined
    ? undefined
    : {
        label: "Processor",
        value: duration(seconds * 1000),
        note: "Of the whole process since it began, the start and the compiler's threads included.",
      };
}

function ofMemory(attributes: Attributes, resource: Attributes): Use | undefined {
  const used = number(attributes, "thaw.memory.used");
  if (used === undefined) {
    return undefined;
  }
  const limit = number(resource, "faas.max_memory");
  const heap = number(attributes, "thaw.memory.heap");
  return {
    label: "Memory",
    value: limit ? `${bytes(used)} of ${bytes(limit)}` : bytes(used),
    part: limit ? part(used, limit) : undefined,
    note: heap === undefined ? "" : `${bytes(heap)} of it are the Java heap, garbage included.`,
  };
}

function ofCollections(attributes: Attributes, durationMs: number, isCold: boolean): Use | undefined {
  const collections = number(attributes, "thaw.gc.count");
  const seconds = number(attributes, "thaw.gc.time");
  if (collections === undefined || seconds === undefined) {
    return undefined;
  }
  const ms = seconds * 1000;
  return {
    label: "Garbage collection",
    value: collections === 0 ? "none" : `${duration(ms)} in ${plural(collections, "pause")}`,
    part: isCold || collections === 0 ? undefined : part(ms, durationMs),
    note: isCold ? "Since the process began." : "",
  };
}

function ofTime(attributes: Attributes, durationMs: number): Use | undefined {
  const seconds = number(attributes, "thaw.remaining_time");
  if (seconds === undefined) {
    return undefined;
  }
  const limitMs = durationMs + seconds * 1000;
  return {
    label: "Time",
    value: `${duration(durationMs)} of ${duration(limitMs)}`,
    part: part(durationMs, limitMs),
    note: seconds > 0 ? `${duration(seconds * 1000)} were left until its timeout.` : "It ran out.",
  };
}
