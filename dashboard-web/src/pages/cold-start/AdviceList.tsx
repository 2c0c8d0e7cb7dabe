// What to change, largest first, each with the time that it would save at most.
import type { ColdStartDetail } from "../../api/client";
import { duration, share } from "../../components/format";

export function AdviceList({ start }: { start: ColdStartDetail }) {
  const total = start.invocation.initMs;
  return (
    <section className="panel" aria-label="Advice">
      <h2>What made it slow</h2>
      {start.advice.length === 0 && (
        <p className="muted" style={{ margin: 0 }}>
          {start.profile === null
            ? start.note
            : "Nothing that a rule knows: see the initialisers and jars below for where the time went."}
        </p>
      )}
      <ol className="advice">
        {start.advice.map((advice) => (
          <li key={advice.rule + advice.places[0]?.name}>
            <div className="advice-time">
              <strong>{duration(advice.ms)}</strong>
              <span className="muted">{share(advice.ms, total)} of the init</span>
            </div>
            <div>
              <h3>{advice.title}</h3>
              <ul>
                {advice.places.slice(0, 3).map((place) => (
                  <li key={place.name}>
                    <code>{place.name}</code> <span className="muted">{duration(place.ms)}</span>
                  </li>
                ))}
                {advice.places.length > 3 && (
                  <li className="muted">and {advice.places.length - 3} smaller places</li>
                )}
              </ul>
              <p>{advice.text}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
