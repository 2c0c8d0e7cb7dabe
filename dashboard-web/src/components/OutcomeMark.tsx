// How an invocation ended, in a word and a colour that mean the same on every page.
const WORDS: Record<string, { label: string; color: string }> = {
  ok: { label: "ok", color: "var(--thaw-ok)" },
  running: { label: "running", color: "var(--thaw-running)" },
  error: { label: "error", color: "var(--thaw-error)" },
  timeout: { label: "timed out", color: "var(--thaw-timeout)" },
  crash: { label: "crashed", color: "var(--thaw-crash)" },
  init_error: { label: "start failed", color: "var(--thaw-error)" },
  init_timeout: { label: "start timed out", color: "var(--thaw-timeout)" },
  cold: { label: "cold start", color: "var(--thaw-cold)" },
  throttle: { label: "throttled", color: "var(--thaw-throttle)" },
};

export function OutcomeMark({ outcome }: { outcome: string }) {
  const { label, color } = WORDS[outcome] ?? { label: outcome, color: "var(--thaw-muted)" };
  return (
    <span style={{ color, fontWeight: 600, fontSize: 13, whiteSpace: "nowrap" }}>
      <span
        aria-hidden
        style={{
          display: "inline-block",
          width: 8,
          height: 8,
          borderRadius: outcome === "ok" ? 8 : 2,
          background: color,
          marginRight: 6,
        }}
      />
      {label}
    </span>
  );
}
