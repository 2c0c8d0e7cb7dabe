// How long inits took, all of them, as bars; each step is 1.41 times as long as the one before it, and leads to its traces.
import { Link } from "react-router";
import type { Distribution as Values } from "../../api/client";
import { quoted } from "../../components/filter";
import { count, duration, plural } from "../../components/format";
import { useKeepRange } from "../../components/RangePicker";
import "./distribution.css";

export function Distribution({ inits, name }: { inits: Values; name: string }) {
  const keep = useKeepRange();
  const address = (from: number, to: number) => {
    const of = name === "" ? "" : `function = ${quoted(name)} and `;
    const filter = `${of}cold and init >= ${Math.round(from * 1000)}us and init < ${Math.round(to * 1000)}us`;
    return keep(`/traces?filter=${encodeURIComponent(filter)}`);
  };
  const { counts, boundsMs } = inits;
  const most = Math.max(...counts, 1);
  const all = counts.reduce((sum, value) => sum + value, 0);
  if (all === 0) {
    return null;
  }
  return (
    <figure className="panel distribution" aria-label="How long inits took">
      <figcaption>How long inits took</figcaption>
      <ol>
        {counts.map((value, i) => {
          const text = `${duration(boundsMs[i] ?? 0)} to ${duration(boundsMs[i + 1] ?? 0)}: ${plural(value, "cold start")}`;
          return (
            <li key={boundsMs[i]} title={text}>
              <Link className="distribution-link" to={address(boundsMs[i] ?? 0, boundsMs[i + 1] ?? 0)}>
                <span className="distribution-count" aria-hidden="true">
                  {value > 0 ? count(value) : ""}
                </span>
                <span className="distribution-bar" style={{ height: `${(value / most) * 100}%` }} />
                <span className="distribution-from">
                  {duration(boundsMs[i] ?? 0)}
                  <span className="sr-only">{`, ${text}`}</span>
                </span>
              </Link>
            </li>
          );
        })}
      </ol>
    </figure>
  );
}
