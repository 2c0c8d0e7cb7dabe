// What the rule would have done: when it fired, for whom, and what would have been sent.
import { SegmentedControl } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { type Preview, type RuleText, usePreview } from "../../api/client";
import { duration, plural } from "../../components/format";
import { Moment } from "../../components/Moment";
import { TimeChart } from "../../components/TimeChart";

const DAY = 86_400_000;
const BACK = { "1d": DAY, "3d": 3 * DAY, "7d": 7 * DAY };
const MOST_SHOWN = 8;

export function RulePreview({ rule, usualBack }: { rule: RuleText; usualBack: keyof typeof BACK }) {
  const [chosen, setChosen] = useState<keyof typeof BACK>();
  const back = chosen ?? usualBack;
  const { data, error, isPlaceholderData } = usePreview(rule, BACK[back]);
  return (
    <section aria-label="Preview" aria-busy={isPlaceholderData}>
      <div className="preview-head">
        <h2>In the past</h2>
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          value={back}
          onChange={(value) => setChosen(value as keyof typeof BACK)}
          data={[
            { value: "1d", label: "day" },
            { value: "3d", label: "3 days" },
            { value: "7d", label: "7 days" },
          ]}
        />
      </div>
      {error ? (
        <div className="panel muted">As it stands the rule can't be tried: {error.message}</div>
      ) : data ? (
        <Result data={data} />
      ) : (
        <div className="panel muted">Walking through the past …</div>
      )}
    </section>
  );
}

function Result({ data }: { data: Preview }) {
  return (
    <>
      <div className="panel" style={{ marginBottom: 12 }}>
        <strong>
          {data.firings === 0
            ? "It would not have fired."
            : `It would have fired ${data.firings === 1 ? "once" : `${data.firings} times`}, and sent ${plural(data.sent, "message")}.`}
        </strong>
        <div className="muted">
          {data.sentence}; {plural(data.functions, "function")} looked at
        </div>
      </div>
      {data.line && <Chart data={data} line={data.line} />}
      {data.periods.length > 0 && (
        <div className="panel flush" style={{ marginTop: 12 }}>
          <ul className="preview-list" aria-label="When it would have fired">
            {data.periods.slice(0, MOST_SHOWN).map((period) => (
              <li key={`${period.function} ${period.fromMs}`}>
                <Link
                  to={`/functions/${encodeURIComponent(period.function)}?from=${period.fromMs - 900_000}&to=${(period.untilMs ?? data.toMs) + 900_000}`}
                >
                  {period.function}
                </Link>{" "}
                <Moment ms={period.fromMs} />,{" "}
                {period.untilMs === null ? "still" : `for ${duration(period.untilMs - period.fromMs)}`}
                <div className="muted">{period.finding}</div>
              </li>
            ))}
            {data.firings > MOST_SHOWN && <li className="muted">and {data.firings - MOST_SHOWN} more</li>}
          </ul>
        </div>
      )}
      {data.messages.length > 0 && (
        <details className="panel" style={{ marginTop: 12 }}>
          <summary>What would have been sent</summary>
          <ul className="preview-list" style={{ padding: 0 }}>
            {data.messages.slice(0, MOST_SHOWN).map((message) => (
              <li key={`${message.atMs} ${message.headline}`}>
                <span className="muted">
                  <Moment ms={message.atMs} />
                </span>{" "}
                {message.headline}
                {message.findings.slice(0, 3).map((finding) => (
                  <div key={finding} className="muted">
                    {finding}
                  </div>
                ))}
              </li>
            ))}
            {data.sent > MOST_SHOWN && <li className="muted">and {data.sent - MOST_SHOWN} more</li>}
          </ul>
        </details>
      )}
    </>
  );
}

function Chart({ data, line }: { data: Preview; line: NonNullable<Preview["line"]> }) {
  // Of a function that is new, the time before it is left out.
  const first = Math.max(0, line.values.findIndex((value) => value !== null) - 1);
  const times = useMemo(
    () => line.values.map((_, i) => data.fromMs + i * line.stepMs).slice(first),
    [data, line, first],
  );
  const series = useMemo(
    () => [
      { label: line.function, color: "var(--thaw-cold)", values: line.values.slice(first) },
      {
        label: "threshold",
        color: "var(--thaw-timeout)",
        values: line.values.slice(first).map(() => data.threshold),
        dashed: true,
      },
    ],
    [data, line, first],
  );
  return (
    <TimeChart
      title={data.functions > 1 ? `${line.function}, which came nearest` : line.function}
      timesMs={times}
      series={series}
      format={FORMATS[data.unit]}
      height={200}
    />
  );
}

const FORMATS: Record<Preview["unit"], (value: number) => string> = {
  count: (value) => String(Math.round(value * 100) / 100),
  percent: (value) => `${Math.round(value * 10) / 10} %`,
  duration,
  money: (value) => `$${value < 0.01 ? value.toPrecision(2) : value.toFixed(2)}`,
};
