// The pages and the browser that looks at them; what an address needs of the data is asked of the collector.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

export const base = process.env.THAW_URL ?? "http://127.0.0.1:4318";

const candidates = [
  process.env.CHROME_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: candidates.find((path) => path && existsSync(path)),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export async function api<T>(path: string): Promise<T> {
  const answer = await fetch(base + path);
  if (!answer.ok) {
    throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
  }
  return (await answer.json()) as T;
}

async function traceThrough(query: string): Promise<string> {
  const { traces } = await api<{ traces: { traceId: string }[] }>(`/api/v1/traces?${query}&limit=1`);
  return `/traces/${traces[0]?.traceId}`;
}

/** Every page, by a name for its picture. */
export const places: Record<string, () => Promise<string>> = {
  overview: async () => "/",
  function: async () => "/functions/checkout",
  "cold-starts": async () => "/cold-starts",
  // Of the function that has the most to say.
  "cold-start": async () => {
    const { coldStarts } = await api<{ coldStarts: { traceId: string; spanId: string }[] }>(
      "/api/v1/cold-starts?function=report",
    );
    return `/cold-starts/${coldStarts[0]?.traceId}/${coldStarts[0]?.spanId}`;
  },
  timeouts: async () => "/timeouts",
  errors: async () => "/errors",
  throttles: async () => "/throttles",
  traces: async () => "/traces",
  trace: () => traceThrough("through=checkout,pricing,inventory,fulfilment,notify"),
  timeout: () => traceThrough("outcome=timeout&through=stuck"),
  chains: async () => "/chains",
  compare: async () => "/compare?function=checkout&by=cold",
  "compare-traces": async () => {
    const { traces } = await api<{ traces: { traceId: string }[] }>(
      "/api/v1/traces?through=checkout&limit=2",
    );
    return `/compare?trace=${traces[1]?.traceId}&with=${traces[0]?.traceId}`;
  },
  alerts: async () => "/alerts",
  rule: async () => "/alerts/rule?function=checkout",
  setup: async () => "/setup",
};
