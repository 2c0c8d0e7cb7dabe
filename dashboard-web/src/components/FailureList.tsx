// Failures that are alike, as one line each: how often, where, since when, and an example.
import { Link } from "react-router";
import type { FailureItem } from "../api/client";
import { count, plural } from "./format";
import { Moment } from "./Moment";
import { OutcomeMark } from "./OutcomeMark";
import { useKeepRange } from "./RangePicker";
import { Sparkline } from "./Sparkline";
import "./failures.css";

export function FailureList({ failures, label }: { failures: FailureItem[]; label: string }) {
  return (
    <ol className="panel flush failures" aria-label={label}>
      {failures.map((failure) => (
        <Failure
          key={[failure.function, failure.outcome, failure.errorType, failure.place].join("\n")}
          failure={failure}
        />
      ))}
    </ol>
  );
}

function Failure({ failure }: { failure: FailureItem }) {
  const keep = useKeepRange();
  const { openCall, place, errorType, message } = failure;
  const isTimeout = failure.outcome === "timeout" || failure.outcome === "init_timeout";
  const what = isTimeout ? openCall || place : errorType;
  return (
    <li className="failure">
      <div className="failure-count">
        <strong>{count(failure.count)}</strong>
        <Sparkline values={failure.counts} label={`${plural(failure.count, "time")} over the range`} />
      </div>
      <div className="failure-text">
        <div>
          <Link className="plain" to={keep(`/functions/${encodeURIComponent(failure.function)}`)}>
            <bdi>{failure.function}</bdi>
          </Link>{" "}
          <OutcomeMark outcome={failure.outcome} />
          {failure.isNew && <span className="failure-new">new</span>}
        </div>
        <div className="failure-what">
          {isTimeout && openCall && <span className="muted">waiting for </span>}
          {what ? <bdi>{what}</bdi> : <span className="muted">it did not say where it stood</span>}
          {!isTimeout && message && <bdi className="failure-message">{message}</bdi>}
        </div>
        {place && place !== what && (
          <div className="failure-place">
            <span className="muted">at </span>
            <code>{place}</code>
          </div>
        )}
        {failure.tookDown.length > 0 && (
          <div>
            <span className="muted">took down </span>
            {failure.tookDown.map((name, i) => (
              <span key={name}>
                {i > 0 && ", "}
                <Link to={keep(`/functions/${encodeURIComponent(name)}`)}>{name}</Link>
              </span>
            ))}
          </div>
        )}
      </div>
      <dl className="failure-times">
        <Fact term="last" ms={failure.lastMs} />
        <Fact term="first" ms={failure.firstMs} />
        {failure.versions.some((version) => version !== "") && (
          <div>
            <dt>version</dt>
            <dd>{failure.versions.slice(-3).join(", ")}</dd>
          </div>
        )}
      </dl>
      <Link
        className="failure-link"
        to={keep(`/traces/${failure.traceId}?span=${failure.spanId}`)}
        aria-label={`Last trace of ${failure.function}: ${what || failure.outcome}`}
      >
        Last trace
      </Link>
    </li>
  );
}

function Fact({ term, ms }: { term: string; ms: number }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <Moment ms={ms} />
      </dd>
    </div>
  );
}
