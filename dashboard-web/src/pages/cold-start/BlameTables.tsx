// The same time, split by kind of work, by jar and by static initialiser.
import type { ProfileItem } from "../../api/client";
import { duration, share } from "../../components/format";
import { shortName } from "./flame";

interface Row {
  name: string;
  full: string;
  note?: string;
  ms: number;
}

export function BlameTables({ profile }: { profile: ProfileItem }) {
  return (
    <div className="blame">
      <Bars
        title="By kind of work"
        total={profile.ms}
        rows={profile.kinds.map((kind) => ({ name: kind.name, full: kind.name, ms: kind.ms }))}
      />
      <Bars
        title="By jar"
        total={profile.ms}
        rows={profile.jars.map((jar) => ({
          name: jar.name || "(made at run time)",
          full: jar.version ? `${jar.name}, version ${jar.version}` : jar.name,
          note: jar.loadingMs > 0.5 * jar.ms ? "mostly class loading" : undefined,
          ms: jar.ms,
        }))}
      />
      <Bars
        title="By static initialiser, own time"
        total={profile.ms}
        rows={profile.initialisers.map((initialiser) => ({
          name: shortName(initialiser.type),
          full: `${initialiser.type}, ${initialiser.jar}`,
          note:
            initialiser.ms > 1.2 * initialiser.ownMs
              ? `${duration(initialiser.ms)} with those it set off`
              : undefined,
          ms: initialiser.ownMs,
        }))}
      />
    </div>
  );
}

const MOST_ROWS = 8;

function Bars({ title, rows, total }: { title: string; rows: Row[]; total: number }) {
  const longest = Math.max(...rows.map((row) => row.ms), 1);
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      <ul className="bars">
        {rows.slice(0, MOST_ROWS).map((row) => (
          <li key={row.full} title={row.full}>
            <span className="bar-name">{row.name}</span>
            <span className="bar-time">
              {duration(row.ms)} <span className="muted">{share(row.ms, total)}</span>
            </span>
            <span className="bar-track">
              <span style={{ width: `${(row.ms / longest) * 100}%` }} />
            </span>
            {row.note && <span className="muted bar-note">{row.note}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
