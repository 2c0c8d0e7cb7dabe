// What people do with the dashboard, in a real browser against a real collector with real data: THAW_URL says where.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

const base = process.env.THAW_URL ?? "http://127.0.0.1:4318";
// A collector that wants a login, and a token for it; WholeMissionIT starts one.
const locked = process.env.THAW_LOCKED_URL ?? "";
const token = process.env.THAW_LOCKED_TOKEN ?? "";
const candidates = [
  process.env.CHROME_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  const executablePath = candidates.find((path) => path && existsSync(path));
  browser = await chromium.launch({
    executablePath,
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
});

afterAll(() => browser?.close());

beforeEach(async () => {
  problems.length = 0;
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on("pageerror", (error) => problems.push(error.message));
});

afterEach(async () => {
  await page.close();
  expect(problems).toEqual([]);
});

it("leads from the functions to a cold start's reasons and its trace", async () => {
  await page.goto(base);
  await page
    .getByRole("region", { name: "Functions" })
    .getByRole("link", { name: "checkout", exact: true })
    .waitFor();
  await page.getByRole("link", { name: "Cold starts", exact: true }).click();
  await page.getByRole("heading", { name: "Cold starts" }).waitFor();
  const first = page.locator("tbody tr").first().getByRole("link");
  const name = await first.textContent();
  await first.click();
  await page.getByRole("heading", { name: `Cold start of ${name}` }).waitFor();
  await page.getByRole("region", { name: "Phases" }).waitFor();
  await page.getByRole("link", { name: "Trace", exact: true }).click();
  await page.getByRole("heading", { name: /^Trace of / }).waitFor();
  await page.getByRole("row", { name: /init/ }).first().waitFor();
  expect(await page.getByRole("complementary", { name: "Span details" }).textContent()).toContain(
    name ?? "?",
  );
});

it("names what made the report's start slow, and finds it in the flame graph", async () => {
  await page.goto(`${base}/cold-starts?function=report`);
  await page.locator("tbody tr").first().getByRole("link").click();
  const advice = page.getByRole("region", { name: "Advice" });
  await advice.getByRole("heading").nth(1).waitFor();
  const titles = await advice.locator("h3").allTextContents();
  const clients = titles.indexOf("AWS SDK clients are built before the first request");
  const mapper = titles.indexOf("An object mapper learns its types at start");
  // In whatever order: several processes start at once here. ColdStartAdviceIT looks at the order, one start at a time.
  expect(clients).toBeGreaterThanOrEqual(0);
  expect(mapper).toBeGreaterThanOrEqual(0);
  expect(await advice.textContent()).toContain("Report.readRates");
  const flame = page.getByRole("region", { name: "Flame graph" });
  await flame.getByRole("textbox").fill("readRates");
  await flame.getByRole("status").filter({ hasText: "%" }).waitFor();
  await flame
    .getByRole("button", { name: /readRates/ })
    .first()
    .click();
  await flame.getByRole("button", { name: "Whole start" }).waitFor();
});

it("shows a timed-out invocation with its open call and its stack", async () => {
  await page.goto(`${base}/traces?outcome=timeout`);
  await page.getByRole("link", { name: "stuck", exact: true }).first().click();
  const panel = page.getByRole("region", { name: "What stuck was doing" });
  await panel.waitFor();
  const text = (await panel.textContent()) ?? "";
  expect(text).toContain("stuck timed out after");
  expect(text).toMatch(/POST http:\/\/127\.0\.0\.1:\d+\/charges/);
  expect(text).toContain("dev.thaw.samples.aws.Stuck.charge(Stuck.java");
  await page.getByRole("row", { name: /no answer/ }).waitFor();
});

it("finds one trace through the whole chain and walks it by keyboard", async () => {
  await page.goto(`${base}/traces?through=checkout,pricing,inventory,fulfilment,notify`);
  await page.getByRole("link", { name: "checkout", exact: true }).first().click();
  for (const name of ["checkout", "pricing", "inventory", "fulfilment", "notify"]) {
    await page
      .getByRole("row", { name: new RegExp(`^${name}`) })
      .first()
      .waitFor();
  }
  await page.getByRole("row").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("complementary", { name: "Span details" }).waitFor();
});

it("finds traces by what is written, and points at what is wrong in it", async () => {
  await page.goto(`${base}/traces`);
  const bar = page.getByRole("combobox", { name: "Filter" });
  await bar.fill("function = stu");
  await page.getByRole("option", { name: "function = stuck" }).click();
  await bar.pressSequentially(' and outcome = timeout and duration > "');
  await bar.press("Enter");
  const mistake = page.getByRole("alert");
  await mistake.filter({ hasText: "this quote is not closed" }).waitFor();
  expect(await mistake.locator("mark").textContent()).toBe('"');
  await bar.fill("function = stuck and outcome = timeout and duration > 100ms");
  await bar.press("Enter");
  await mistake.waitFor({ state: "detached" });
  await page.getByRole("link", { name: "stuck", exact: true }).first().waitFor();
  expect(new URL(page.url()).searchParams.get("filter")).toContain("outcome = timeout");
  await bar.fill("function = stuck and cold and duration > 1h");
  await bar.press("Enter");
  await page.getByText("No trace fits").waitFor();
});

it("shows who calls whom", async () => {
  await page.goto(`${base}/chains`);
  await page.getByRole("cell", { name: "orders" }).first().waitFor();
  expect(await page.locator("svg text", { hasText: "pricing" }).count()).toBeGreaterThan(0);
});

it("shows the alert that fired", async () => {
  await page.goto(`${base}/alerts`);
  await page.getByRole("cell", { name: "payments time out" }).first().waitFor();
});

it("makes a rule from a function's page, tries it on the past, sees it fire, and silences it", async () => {
  const name = "night shift";
  await page.goto(`${base}/functions/stuck`);
  await page.getByRole("link", { name: "Alert on this" }).click();
  await page.getByRole("heading", { name: "New rule" }).waitFor();
  await page.getByText("Suggested: 1, one is one too many").waitFor();
  expect(await page.getByLabel("Threshold").inputValue()).toBe("1");

  await page.getByLabel("Threshold").fill("many");
  const form = page.getByRole("form", { name: "Rule" });
  await form.getByText("threshold is 'many'; write a number such as 3").waitFor();
  expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);

  await page.getByLabel("Threshold").fill("1");
  await page.getByLabel("Within").fill("1h");
  await page.getByLabel("Name").fill(name);
  const preview = page.getByRole("region", { name: "Preview" });
  await preview.getByText("It would have fired once, and sent 1 message.").waitFor();
  const answer = await fetch(`${base}/api/v1/alerts/preview`, {
    method: "POST",
    body: JSON.stringify({ name, kind: "timeouts", function: "stuck", threshold: "1", window: "1h" }),
  });
  const { periods } = (await answer.json()) as { periods: { finding: string }[] };
  await preview.getByText(periods[0]?.finding ?? "?", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Save" }).click();
  const firing = page.getByRole("region", { name: "Alerts that fire" });
  await firing.getByRole("row", { name: new RegExp(name) }).waitFor();
  expect(await firing.getByRole("row", { name: new RegExp(name) }).textContent()).toContain(
    "waiting for POST",
  );

  await page.getByRole("button", { name: `Silence ${name} of stuck` }).click();
  await page.getByLabel("Why").fill("we know");
  await page.getByRole("form", { name: "Silence" }).getByRole("button", { name: "Silence" }).click();
  await firing.getByRole("row", { name: /firing, silenced/ }).waitFor();
  await page.getByRole("button", { name: `End it for ${name} of stuck` }).click();
  await page.getByRole("region", { name: "Silences" }).waitFor({ state: "detached" });

  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("button", { name: "Really remove" }).click();
  await page.getByRole("link", { name, exact: true }).waitFor({ state: "detached" });
});

/** A cold start of the function that has the most to say. */
async function addressOf(path: string): Promise<string> {
  if (path === "the login") {
    return locked;
  }
  if (path !== "a cold start") {
    return base + path;
  }
  const answer = await fetch(`${base}/api/v1/cold-starts?function=report`);
  const { coldStarts } = (await answer.json()) as { coldStarts: { traceId: string; spanId: string }[] };
  return `${base}/cold-starts/${coldStarts[0]?.traceId}/${coldStarts[0]?.spanId}`;
}

it.runIf(locked)(
  "asks for a login, says what is wrong with one, and leads where one wanted to go",
  async () => {
    await page.goto(`${locked}/traces`);
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await page.getByLabel("Token", { exact: true }).fill("thaw-read-guessed");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("This is no token for reading").waitFor();
    await page.getByLabel("Token", { exact: true }).fill(token);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Traces" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Traces" }).waitFor();
    await page.getByRole("button", { name: "Log out anna" }).click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
  },
);

const pages = [
  "/",
  "/functions/checkout",
  "/cold-starts",
  "a cold start",
  "/traces",
  "/chains",
  "/alerts",
  "/alerts/rule?function=checkout",
];
if (locked) {
  pages.push("the login");
}

for (const path of pages) {
  for (const colorScheme of ["light", "dark"] as const) {
    it(`is accessible and fits a phone: ${path}, ${colorScheme}`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 844 } });
      const phone = await context.newPage();
      await phone.goto(await addressOf(path));
      await phone.locator("table, svg, .panel").first().waitFor();
      const overflow = await phone.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await phone.evaluate(axeSource);
      const violations = await phone.evaluate(async () => {
        const axe = (
          window as unknown as {
            axe: { run: (o: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          }
        ).axe;
        const found = await axe.run({ runOnly: ["wcag2a", "wcag2aa"] });
        return found.violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`);
      });
      expect(violations).toEqual([]);
      await context.close();
    });
  }
}
