// From when to when, and in which deployment environment. It lives in the address, so that a link shows the same.
import { NativeSelect } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { type Range, useEnvironments } from "../api/client";
import { moment } from "./format";
import { useSetParam } from "./useSetParam";
import { withChosen } from "./withChosen";

const MINUTE = 60_000;
const CHOICES: Record<string, { label: string; ms: number }> = {
  "15m": { label: "Last 15 min", ms: 15 * MINUTE },
  "1h": { label: "Last hour", ms: 60 * MINUTE },
  "6h": { label: "Last 6 hours", ms: 6 * 60 * MINUTE },
  "24h": { label: "Last 24 hours", ms: 24 * 60 * MINUTE },
  "7d": { label: "Last 7 days", ms: 7 * 24 * 60 * MINUTE },
};
const DEFAULT = "1h";
const FIXED = "fixed";

/** What a link from a message says: milliseconds since the Unix epoch. */
export function fixedRange(params: URLSearchParams): { from: number; to: number } | undefined {
  const from = Number(params.get("from"));
  const to = Number(params.get("to"));
  return from > 0 && to > from ? { from, to } : undefined;
}

/** The part of an address that says the range and the environment; empty for the usual ones. */
export function rangeParams(params: URLSearchParams): string {
  const fixed = fixedRange(params);
  const range = params.get("range");
  const environment = params.get("environment");
  return [
    fixed ? `from=${fixed.from}&to=${fixed.to}` : range ? `range=${range}` : "",
    environment === null ? "" : `environment=${encodeURIComponent(environment)}`,
  ]
    .filter((part) => part !== "")
    .join("&");
}

function labelOf({ from, to }: { from: number; to: number }): string {
  return `${moment(from).slice(0, -3)} – ${moment(to, from).slice(0, -3)}`;
}

export function useRange(): { range: Range; label: string } {
  const [params] = useSearchParams();
  return useMemo(() => {
    const environment = params.get("environment") ?? undefined;
    const fixed = fixedRange(params);
    if (fixed) {
      return { range: { ...fixed, environment }, label: labelOf(fixed) };
    }
    const chosen = CHOICES[params.get("range") ?? DEFAULT] ?? CHOICES[DEFAULT];
    return { range: { back: chosen?.ms ?? 60 * MINUTE, environment }, label: chosen?.label ?? "" };
  }, [params]);
}

export function RangePicker() {
  const [params, setParams] = useSearchParams();
  const fixed = fixedRange(params);
  const choices = Object.entries(CHOICES).map(([value, { label }]) => ({ value, label }));
  return (
    <NativeSelect
      aria-label="Time range"
      value={fixed ? FIXED : (params.get("range") ?? DEFAULT)}
      onChange={(event) => {
        const next = new URLSearchParams(params);
        next.delete("from");
        next.delete("to");
        next.set("range", event.currentTarget.value);
        setParams(next, { replace: true });
      }}
      data={fixed ? [{ value: FIXED, label: labelOf(fixed) }, ...choices] : choices}
    />
  );
}

const ALL = "*";

/** Shown where there is something to choose. */
export function EnvironmentPicker() {
  const [params] = useSearchParams();
  const set = useSetParam();
  const chosen = params.get("environment");
  const known = useEnvironments().data?.environments ?? [];
  // There is little room beside the time range.
  const isPhone = useMediaQuery("(width < 48em)");
  const names = withChosen(known, chosen);
  if (names.length < 2) {
    return null;
  }
  return (
    <NativeSelect
      aria-label="Deployment environment"
      w={{ base: 110, sm: 170 }}
      value={chosen ?? ALL}
      onChange={({ currentTarget: { value } }) => set("environment", value === ALL ? undefined : value)}
      data={[
        { value: ALL, label: isPhone ? "All" : "All environments" },
        ...names.map((name) => ({ value: name, label: name || "none said" })),
      ]}
    />
  );
}

/** Goes to a part of the time; «back» leads out of it again. */
export function useZoom(): (fromMs: number, toMs: number) => void {
  const [params, setParams] = useSearchParams();
  return (fromMs, toMs) => {
    const next = new URLSearchParams(params);
    next.delete("range");
    next.set("from", String(Math.floor(fromMs)));
    next.set("to", String(Math.ceil(toMs)));
    setParams(next);
  };
}

/** A link's address that keeps the time range. */
export function useKeepRange(): (path: string) => string {
  const [params] = useSearchParams();
  const range = rangeParams(params);
  return (path) => (range ? `${path}${path.includes("?") ? "&" : "?"}${range}` : path);
}
