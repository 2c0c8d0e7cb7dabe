// For an invocation that was cut off: what it was waiting for, and where it stood. The first thing to see in its trace.
import { Title } from "@mantine/core";
import { useState } from "react";
import type { SpanItem } from "../../api/client";
import { duration } from "../../components/format";

export function HangPanel({ span, onChoose }: { span: SpanItem; onChoose: (spanId: string) => void }) {
  const [open, setOpen] = useState(true);
  const hang = span.hang;
  if (!hang) {
    return null;
  }
  return (
    <section
      className="panel"
      aria-label={`What ${span.function} was doing`}
      style={{ borderColor: "var(--thaw-timeout)", marginBottom: 12 }}
    >
      <Title order={2} size="h4" c="var(--thaw-timeout)">
        {span.function} {what(span)} {span.outcome === "crash" && isKilled(span) ? "no sooner than" : "after"}{" "}
        {duration(span.durationUs / 1000)}
      </Title>
      {span.note && <p style={{ margin: "8px 0" }}>{span.note}</p>}
      <p style={{ margin: "8px 0" }}>
        {hang.openCall ? (
          <>
            It was waiting for{" "}
            <button
              type="button"
              onClick={() => onChoose(hang.openCallSpanId)}
              style={{
                all: "unset",
                cursor: "pointer",
                textDecoration: "underline",
                fontWeight: 650,
                overflowWrap: "anywhere",
              }}
            >
              {hang.openCall}
            </button>
            , which had not answered.
          </>
        ) : (
          "No outgoing call was open."
        )}
      </p>
      {hang.topFrame && (
        <p style={{ margin: "8px 0" }}>
          Its own code stood at <code style={{ overflowWrap: "anywhere" }}>{hang.topFrame}</code>.
        </p>
      )}
      {hang.stack && (
        <>
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            style={{
              all: "unset",
              cursor: "pointer",
              fontSize: 13,
              textDecoration: "underline",
              marginBottom: 6,
            }}
          >
            {open ? "Hide the stack" : "Show the stack"}
          </button>
          {open && (
            <pre className="stack" style={{ maxHeight: 240 }} tabIndex={0}>
              <Stack text={hang.stack} own={hang.topFrame} />
            </pre>
          )}
        </>
      )}
      {hang.others.length > 0 && (
        <>
          <p style={{ margin: "12px 0 4px" }}>
            It may have waited for {hang.others.length === 1 ? "this thread" : "one of these threads"}:
          </p>
          {hang.others.map((other) => (
            <details key={other.thread} style={{ margin: "4px 0" }}>
              <summary style={{ overflowWrap: "anywhere" }}>
                <strong>{other.thread}</strong> at <code>{other.topFrame}</code>
              </summary>
              <pre className="stack" style={{ maxHeight: 240 }} tabIndex={0}>
                <Stack text={other.stack} own={other.topFrame} />
              </pre>
            </details>
          ))}
        </>
      )}
    </section>
  );
}

function isKilled(span: SpanItem) {
  return span.attributes["error.type"] === "killed";
}

function what(span: SpanItem) {
  switch (span.outcome) {
    case "timeout":
      return "timed out";
    case "crash":
      return isKilled(span) ? "was killed without warning," : "ended with its process";
    case "init_timeout":
      return "did not get ready, and was ended";
    case "init_error":
      return "could not be started, and ended";
    default:
      return "is still running";
  }
}

/** The line of the function's own code stands out. */
function Stack({ text, own }: { text: string; own: string }) {
  return (
    <>
      {text.split("\n").map((line, at) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text
          key={at}
          style={own && line.includes(own) ? { color: "var(--thaw-timeout)", fontWeight: 700 } : undefined}
        >
          {line.trim()}
        </div>
      ))}
    </>
  );
}
