// How far to look back. It lives in the address, so that a link shows the same.
import { NativeSelect } from "@mantine/core";
import { useSearchParams } from "react-router";
import type { Range } from "../api/client";

const MINUTE = 60_000;
const CHOICES: Record<string, { label: string; ms: Range }> = {
  "15m": { label: "Last 15 min", ms: 15 * MINUTE },
  "1h": { label: "Last hour", ms: 60 * MINUTE },
  "6h": { label: "Last 6 hours", ms: 6 * 60 * MINUTE },
  "24h": { label: "Last 24 hours", ms: 24 * 60 * MINUTE },
  "7d": { label: "Last 7 days", ms: 7 * 24 * 60 * MINUTE },
};
const DEFAULT = "1h";

export function useRange(): { range: Range; label: string } {
  const [params] = useSearchParams();
  const chosen = CHOICES[params.get("range") ?? DEFAULT] ?? CHOICES[DEFAULT];
  return { range: chosen?.ms ?? 60 * MINUTE, label: chosen?.label ?? "" };
}

export function RangePicker() {
  const [params, setParams] = useSearchParams();
  return (
    <NativeSelect
      aria-label="Time range"
      value={params.get("range") ?? DEFAULT}
      onChange={(event) => {
        const next = new URLSearchParams(params);
        next.set("range", event.currentTarget.value);
        setParams(next, { replace: true });
      }}
      data={Object.entries(CHOICES).map(([value, { label }]) => ({ value, label }))}
    />
  );
}

/** A link's address that keeps the time range. */
export function useKeepRange(): (path: string) => string {
  const [params] = useSearchParams();
  const range = params.get("range");
  return (path) => (range ? `${path}${path.includes("?") ? "&" : "?"}range=${range}` : path);
}
