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

/** $0, <$0.01, $1.24, $1,204; US dollars. */
export function money(usd: number): string {
  if (usd > 0 && usd < 0.005) {
    return "<$0.01";
  }
  const digits = usd === 0 || usd >= 100 ? 0 : 2;
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** How much more than before: +12 %, −3 %, or empty when it is about the same or there was nothing before. */
export function change(now: number, before: number): string {
  if (before <= 0) {
    return "";
  }
  const percent = Math.round((now / before - 1) * 100);
  if (Math.abs(percent) < 1) {
    return "";
  }
  return percent >= 1000
    ? `×${Math.round(now / before)}`
    : `${percent > 0 ? "+" : "−"}${Math.abs(percent)} %`;
}

/** 97 MB; powers of 1024, as the platforms count memory. */
export function bytes(value: number): string {
  return `${count(Math.round(value / 1024 / 1024))} MB`;
}

/** 3.4 kB, 97 MB, 1.2 GB; powers of 1024. */
export function size(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let left = value;
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit++;
  }
  return `${unit === 0 ? left : trimmed(left, 1)} ${units[unit]}`;
}

/** How long ago: just now, 12 s ago, 5 min ago, 3 h ago, 2 d ago. */
export function ago(ms: number, now: number = Date.now()): string {
  const seconds = Math.round((now - ms) / 1000);
  if (seconds < 2) {
    return "just now";
  }
  if (seconds < 120) {
    return `${seconds} s ago`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) {
    return `${minutes} min ago`;
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} d ago`;
}

/** The time of day, with the day when it is not today. */
export function moment(ms: number, now: number = Date.now()): string {
  const date = new Date(ms);
  const time = date.toLocaleTimeString("en-GB");
  return new Date(now).toDateString() === date.toDateString()
    ? time
    : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}
