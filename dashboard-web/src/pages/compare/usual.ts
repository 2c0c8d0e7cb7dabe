// Which of many traces is a usual one?
import type { TraceItem } from "../../api/client";

/** The one of median duration among those that went well, or among all when none did. */
export function usualOf(traces: TraceItem[]): TraceItem | undefined {
  const good = traces.filter((trace) => trace.outcome === "ok");
  const sorted = [...(good.length > 0 ? good : traces)].sort((a, b) => a.durationMs - b.durationMs);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
