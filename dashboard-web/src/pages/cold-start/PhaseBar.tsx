// The start from the process's beginning to the first answer, as one bar, with a legend that says it in words.
import type { ColdStartDetail } from "../../api/client";
import { duration } from "../../components/format";
import { isOwn, phaseName } from "../../components/phases";

interface Part {
  name: string;
  ms: number;
  kind: "own" | "given" | "invocation";
}

export function PhaseBar({ start }: { start: ColdStartDetail }) {
  const parts: Part[] = start.phases.map((phase) => ({
    name: phaseName(phase.name),
    ms: phase.durationMs,
    kind: isOwn(phase.name) ? "own" : "given",
  }));
  parts.push({ name: "first invocation", ms: start.invocation.durationMs, kind: "invocation" });
  const total = parts.reduce((sum, part) => sum + part.ms, 0);
  const own = start.phases.filter((phase) => isOwn(phase.name));
  const ownMs = own.reduce((sum, phase) => sum + phase.durationMs, 0);
  return (
    <section className="panel" aria-label="Phases">
      <h2>Where the time went</h2>
      <div
        className="phase-bar"
        role="img"
        aria-label={parts.map((p) => `${p.name} ${duration(p.ms)}`).join(", ")}
      >
        {parts.map((part) => (
          <div
            key={part.name}
            className={`phase ${part.kind}`}
            style={{ width: `${(part.ms / total) * 100}%` }}
            title={`${part.name}: ${duration(part.ms)}`}
          >
            {part.ms / total > 0.09 && <span className="phase-word">{part.name}</span>}
          </div>
        ))}
      </div>
      <dl className="phase-legend">
        {parts.map((part) => (
          <div key={part.name}>
            <dt>
              <i className={`phase ${part.kind}`} /> {part.name}
            </dt>
            <dd>{duration(part.ms)}</dd>
          </div>
        ))}
      </dl>
      <p className="muted" style={{ margin: 0, fontSize: 13 }}>
        {duration(ownMs)} of it{" "}
        {own.length > 0 ? "are the function’s own code and libraries. " : "is known. "}
        {start.warmMs === null
          ? "No warm invocation within an hour to compare the first one with."
          : `A warm invocation takes ${duration(start.warmMs)} (median): the first one took ${duration(
              Math.max(0, start.invocation.durationMs - start.warmMs),
            )} more.`}
      </p>
    </section>
  );
}
