// Numbers as people read them. Durations are milliseconds.

/** 0.42 ms, 12.3 ms, 1.24 s, 2 min 5 s. */
export function duration(ms: number): string {
  if (ms < 0.005) {
    return "0 ms";
  }
  if (ms < 1) {
    return `${ms.toFixed(2)} ms`;
  }
  if (ms < 100) {
    return `${trimmed(ms, 1)} ms`;
  }
  if (ms < 999.5) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 59_995) {
    return `${(ms / 1000).toFixed(2)} s`;
  }
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** 1 invocation, 5 invocations. */
export function plural(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? "" : "s"}`;
}

/** 0 %, <0.1 %, 3.4 %, 100 %. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) {
    return "0 %";
  }
  const percent = (part / whole) * 100;
  return percent < 0.1 ? "<0.1 %" : `${trimmed(percent, 1)} %`;
}

/** 97 MB; powers of 1024, as the platforms count memory. */
export function bytes(value: number): string {
  return `${count(Math.round(value / 1024 / 1024))} MB`;
}

/** The time of day, with the day when it is not today. */
export function moment(ms: number, now: number = Date.now()): string {
  const date = new Date(ms);
  const time = date.toLocaleTimeString("en-GB");
  return new Date(now).toDateString() === date.toDateString()
    ? time
    : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}
