// Where the time of the whole chain went: a sentence, and its critical path as one bar.
import type { TraceDetail } from "../../api/client";
import { duration } from "../../components/format";
import "./waterfall.css";

const WORD: Record<string, string> = {
  work: "own work of",
  call: "calling",
  wait: "waiting in",
  start: "cold start of",
  throttled: "throttled by",
};

const MOST_IN_LEGEND = 8;

/** Of thousands of parts most are narrower than a pixel. */
const MOST_DRAWN = 200;

function drawn(parts: TraceDetail["criticalPath"]["parts"]) {
  if (parts.length <= MOST_DRAWN) {
    return parts;
  }
  const least = parts.map((part) => part.durationUs).sort((a, b) => b - a)[MOST_DRAWN - 1] ?? 0;
  return parts.filter((part) => part.durationUs >= least).slice(0, MOST_DRAWN);
}

export function TimePanel({ trace }: { trace: TraceDetail }) {
  const path = trace.criticalPath;
  if (path.durationUs === 0) {
    return null;
  }
  const named = path.shares.slice(0, MOST_IN_LEGEND);
  const restUs = path.shares.slice(MOST_IN_LEGEND).reduce((sum, share) => sum + share.durationUs, 0);
  return (
    <section className="panel" aria-label="Where the time went" style={{ marginBottom: 12 }}>
      <p style={{ margin: "0 0 10px" }}>{path.sentence}</p>
      <div className="time-bar" role="img" aria-label={path.sentence}>
        {drawn(path.parts).map((part) => (
          <span
            key={`${part.startUs} ${part.kind}`}
            className={`path-${part.kind}`}
            style={{ width: `${(part.durationUs / path.durationUs) * 100}%` }}
            title={`${WORD[part.kind]} ${part.what}: ${duration(part.durationUs / 1000)}`}
          />
        ))}
      </div>
      <dl className="time-legend">
        {named.map((share) => (
          <div key={`${share.kind} ${share.what}`}>
            <dt>
              <i className={`path-${share.kind}`} aria-hidden /> {WORD[share.kind]} {share.what}
            </dt>
            <dd>{duration(share.durationUs / 1000)}</dd>
          </div>
        ))}
        {restUs > 0 && (
          <div>
            <dt>the rest</dt>
            <dd>{duration(restUs / 1000)}</dd>
          </div>
        )}
      </dl>
      <p className="muted" style={{ margin: "8px 0 0", fontSize: 12 }}>
        The critical path: what the last end had to wait for. The line under a bar below marks the same; dots
        are waiting.
        {!trace.complete && " More traces are linked to this one than are shown here."}
      </p>
    </section>
  );
}
