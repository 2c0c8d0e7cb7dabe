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
  const what =
    span.outcome === "timeout"
      ? "timed out"
      : span.outcome === "crash"
        ? "ended with its process"
        : "is still running";
  return (
    <section
      className="panel"
      aria-label={`What ${span.function} was doing`}
      style={{ borderColor: "var(--thaw-timeout)", marginBottom: 12 }}
    >
      <Title order={2} size="h4" c="var(--thaw-timeout)">
        {span.function} {what} after {duration(span.durationUs / 1000)}
      </Title>
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
    </section>
  );
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
