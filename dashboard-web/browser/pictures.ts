// Takes a picture of every page, dark and light, wide and narrow: THAW_URL names a collector with the demo's data.
// All of them go to pictures/; the wide ones that docs/ shows are renewed there.
import { existsSync, mkdirSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, it } from "vitest";
import { base, launch, places } from "./places";

const folder = new URL("../pictures/", import.meta.url).pathname;
const docs = new URL("../../docs/pictures/", import.meta.url).pathname;
const TALLEST = 1250;
const only = (process.env.THAW_PICTURES ?? "").split(",").filter(Boolean);

let browser: Browser;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  browser = await launch();
});

afterAll(() => browser?.close());

for (const [name, address] of Object.entries(places)) {
  it.skipIf(only.length > 0 && !only.includes(name))(name, async () => {
    const asked = await address();
    // A demo has run for some minutes.
    const path = `${asked}${asked.includes("?") ? "&" : "?"}range=15m`;
    for (const colorScheme of ["light", "dark"] as const) {
      for (const [width, height] of [
        [1440, 900],
        [390, 844],
      ] as const) {
        const context = await browser.newContext({ colorScheme, viewport: { width, height } });
        const page = await context.newPage();
        await page.goto(base + path);
        await page.locator("main table, main .panel").first().waitFor();
        await page.getByRole("status", { name: "Loading" }).first().waitFor({ state: "detached" });
        const file = `${folder}${name}-${colorScheme}-${width}.png`;
        await page.screenshot({ path: file, fullPage: true });
        if (colorScheme === "light" && width === 1440) {
          const shown = `${docs}${name}.png`;
          if (existsSync(shown)) {
            // A page may be very long; its upper part says what it is about.
            const full = await page.evaluate(() => document.documentElement.scrollHeight);
            await page.screenshot({
              path: shown,
              fullPage: true,
              clip: { x: 0, y: 0, width, height: Math.min(full, TALLEST) },
            });
          }
        }
        await context.close();
      }
    }
  });
}
