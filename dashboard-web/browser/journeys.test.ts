// What people do with the dashboard, in a real browser against a real collector with real data: THAW_URL says where.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { api, base, launch, places } from "./places";

// A collector that wants a login, and a token for it; WholeMissionIT starts one.
const locked = process.env.THAW_LOCKED_URL ?? "";
const token = process.env.THAW_LOCKED_TOKEN ?? "";
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  browser = await launch();
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
  await page.getByRole("heading", { name: "Cold starts", exact: true }).waitFor();
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
  await page
    .getByRole("row", { name: /no answer/ })
    .first()
    .waitFor();
});

it("says what an invocation used of what it had", async () => {
  const { invocations } = await api<{ invocations: { traceId: string; spanId: string }[] }>(
    "/api/v1/invocations?function=checkout&limit=1",
  );
  const { traceId, spanId } = invocations[0] ?? {};
  const { spans } = await api<{ spans: { spanId: string; attributes: Record<string, number> }[] }>(
    `/api/v1/traces/${traceId}`,
  );
  const attributes = spans.find((span) => span.spanId === spanId)?.attributes ?? {};
  await page.goto(`${base}/traces/${traceId}?span=${spanId}`);
  const used = (await page.getByRole("region", { name: "What it used" }).textContent()) ?? "";
  const memory = Math.round((attributes["thaw.memory.used"] ?? 0) / 1024 / 1024);
  expect(used).toContain(`${memory} MB of 512 MB`);
  expect(used).toMatch(/Time.* of \d.* were left until its timeout\./);
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

it("finds a span inside a trace by typing", async () => {
  await page.goto(base + (await places.trace?.()));
  await page.getByRole("textbox", { name: "Find in this trace" }).fill("notify");
  await page
    .getByRole("status")
    .filter({ hasText: /^\d+; Enter leads to the next/ })
    .waitFor();
  await page.keyboard.press("Enter");
  await page
    .getByRole("status")
    .filter({ hasText: /^1 of \d+/ })
    .waitFor();
  expect(await page.getByRole("complementary", { name: "Span details" }).textContent()).toContain("notify");
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

it("says where the time of a request went, two clicks from the overview", async () => {
  await page.goto(base);
  await page.getByRole("navigation").getByRole("link", { name: "Traces" }).click();
  await page
    .getByRole("region", { name: "Traces" })
    .getByRole("link", { name: "checkout", exact: true })
    .first()
    .click();
  await page.getByRole("heading", { name: "Trace of checkout" }).waitFor();
  const traceId = new URL(page.url()).pathname.split("/").at(-1);
  const { criticalPath } = await api<{ criticalPath: { sentence: string } }>(`/api/v1/traces/${traceId}`);
  expect(criticalPath.sentence).not.toBe("");
  await page.getByText(criticalPath.sentence, { exact: true }).first().waitFor();
});

it("shows who calls whom, and how often", async () => {
  const { edges } = await api<{ edges: { from: string; to: string; calls: number }[] }>("/api/v1/chains");
  const calls = edges
    .filter((edge) => edge.from.includes("checkout") && edge.to.includes("pricing"))
    .reduce((sum, edge) => sum + edge.calls, 0);
  await page.goto(base);
  await page.getByRole("navigation").getByRole("link", { name: "Chains" }).click();
  const row = page
    .getByRole("region", { name: "Calls", exact: true })
    .getByRole("row")
    .filter({ hasText: "checkout" })
    .filter({ hasText: "pricing" });
  expect(await row.getByRole("cell").nth(2).textContent()).toBe(String(calls));
  expect(await page.locator("svg text", { hasText: "pricing" }).count()).toBeGreaterThan(0);
});

it("shows what fired and what was found, one click from the overview", async () => {
  const { alerts } = await api<{ alerts: { alert: { rule: string; finding: string } }[] }>("/api/v1/alerts");
  const fired = alerts.find(({ alert }) => alert.rule === "payments time out");
  await page.goto(base);
  await page.getByRole("navigation").getByRole("link", { name: "Alerts" }).click();
  const row = page.getByRole("row").filter({ hasText: "payments time out" });
  await row
    .filter({ hasText: fired?.alert.finding ?? "?" })
    .first()
    .waitFor();
});

it("says where timeouts hung, one click from the overview, and leads to the trace", async () => {
  const { failures } = await api<{
    failures: { function: string; openCall: string; place: string; traceId: string; count: number }[];
  }>("/api/v1/failures?kind=timeouts&function=stuck");
  const stuck = failures.find((failure) => failure.openCall !== "");
  await page.goto(base);
  await page.getByRole("navigation").getByRole("link", { name: "Timeouts" }).click();
  const line = page
    .getByRole("list", { name: "Timeouts by where they stood" })
    .getByRole("listitem")
    .filter({ hasText: stuck?.openCall ?? "?" })
    .first();
  const text = (await line.textContent()) ?? "";
  expect(text).toContain("stuck timed out");
  expect(text).toContain(stuck?.place);
  expect(text).toContain(String(stuck?.count));
  await line.getByRole("link", { name: /^Last trace/ }).click();
  await page.getByRole("region", { name: "What stuck was doing" }).waitFor();
});

it("groups errors by type and place", async () => {
  const { failures } = await api<{
    failures: { errorType: string; place: string; message: string; count: number }[];
  }>("/api/v1/failures?kind=errors&function=flaky");
  await page.goto(base);
  await page.getByRole("navigation").getByRole("link", { name: "Errors" }).click();
  const line = page
    .getByRole("listitem")
    .filter({ hasText: failures[0]?.place ?? "?" })
    .filter({ hasText: failures[0]?.message ?? "?" })
    .first();
  const text = (await line.textContent()) ?? "";
  expect(text).toContain(failures[0]?.errorType);
  expect(text).toContain(failures[0]?.message);
  expect(text).toContain(String(failures[0]?.count));
});

it("says who is throttled by what, or that nobody is", async () => {
  const { throttles } = await api<{
    throttles: { caller: string; target: string; refused: number; reason: string }[];
  }>("/api/v1/throttles");
  await page.goto(base);
  await page.getByRole("navigation").getByRole("link", { name: "Throttles" }).click();
  const [most] = throttles;
  if (most) {
    const row = page.getByRole("row").filter({ hasText: most.caller }).filter({ hasText: most.target });
    expect(await row.first().textContent()).toContain(most.reason);
    await page.getByRole("figure").filter({ hasText: "Refused attempts, by what refused" }).waitFor();
  } else {
    await page.getByText("No throttled calls").waitFor();
  }
});

it("shows each duration in the heat map, and the traces of an area that is drawn", async () => {
  const { heatMap } = await api<{ heatMap: { columns: { counts: number[] }[] } }>(
    "/api/v1/functions/checkout",
  );
  const all = heatMap.columns.flatMap((column) => column.counts).reduce((sum, n) => sum + n, 0);
  await page.goto(base);
  await page
    .getByRole("region", { name: "Functions" })
    .getByRole("link", { name: "checkout", exact: true })
    .click();
  const map = page.getByRole("figure", { name: "Durations, one by one" });
  await map.getByRole("img").waitFor();
  expect(await map.getByRole("img").getAttribute("aria-label")).toContain(`Durations of ${all} invocations`);
  const field = await map.locator(".heat-field").boundingBox();
  if (!field) {
    throw new Error("The heat map has no field");
  }
  await map.scrollIntoViewIfNeeded();
  const box = (await map.locator(".heat-field").boundingBox()) ?? field;
  await page.mouse.move(box.x + 2, box.y + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + box.height - 2, { steps: 4 });
  await map
    .getByRole("status")
    .filter({ hasText: String(all) })
    .waitFor();
  await page.mouse.up();
  await page.getByRole("heading", { name: "Traces", exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("filter")).toContain('function = "checkout" and duration >=');
  await page.getByRole("link", { name: "checkout", exact: true }).first().waitFor();
});

it("zooms into a part of the time by drawing, and out again with back", async () => {
  await page.goto(`${base}/functions/checkout`);
  const chart = page.locator("figure", { hasText: "Duration" }).first().locator(".u-over");
  await chart.waitFor();
  const box = await chart.boundingBox();
  if (!box) {
    throw new Error("The chart has no place");
  }
  await page.mouse.move(box.x + box.width * 0.6, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+&to=\d+/);
  await page.goBack();
  await page.waitForURL((url) => !url.searchParams.has("from"));
});

it("counts all inits by how long they took, and leads to those of one length", async () => {
  const { initMs } = await api<{ initMs: { counts: number[] } }>("/api/v1/cold-starts");
  await page.goto(`${base}/cold-starts`);
  const bars = page.getByRole("figure", { name: "How long inits took" }).getByRole("listitem");
  await bars.first().waitFor();
  expect(await bars.count()).toBe(initMs.counts.length);
  const most = Math.max(...initMs.counts);
  const bar = bars.nth(initMs.counts.indexOf(most));
  expect(await bar.textContent()).toContain(`${most} cold start`);
  await bar.getByRole("link").click();
  await page.getByRole("region", { name: "Traces" }).locator("tbody tr").first().waitFor();
  expect(new URL(page.url()).searchParams.get("filter")).toContain("cold and init >=");
});

it("says the same as the heat map in a table", async () => {
  const { summary } = await api<{ summary: { invocations: number } }>("/api/v1/functions/pricing");
  await page.goto(`${base}/functions/pricing`);
  await page.getByRole("button", { name: "Durations, one by one, as a table" }).click();
  const table = page.getByRole("region", { name: "Durations, one by one" });
  await table.locator("tbody tr").first().waitFor();
  const counts = await table.locator("tbody td:nth-child(4)").allTextContents();
  expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(summary.invocations);
});

it("says the same as a chart in a table", async () => {
  await page.goto(`${base}/functions/checkout`);
  await page.getByRole("button", { name: "Invocations as a table" }).click();
  await page.getByRole("region", { name: "Invocations" }).getByRole("columnheader", { name: "ok" }).waitFor();
});

it("goes anywhere by typing", async () => {
  await page.goto(base);
  await page.getByRole("heading", { name: "Overview", exact: true }).waitFor();
  await page.keyboard.press("/");
  await page.getByRole("combobox", { name: "Go to" }).fill("pric");
  await page.getByRole("option", { name: /^pricing/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "pricing", exact: true }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to" }).fill("thrott");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Throttles", exact: true }).waitFor();
});

it("says what differs between cold and warm invocations, two clicks from the overview", async () => {
  await page.goto(base);
  await page
    .getByRole("region", { name: "Functions" })
    .getByRole("link", { name: "checkout", exact: true })
    .click();
  await page.getByRole("link", { name: "Slow against the rest" }).click();
  await page.getByRole("combobox", { name: "What" }).selectOption("cold");
  const question = new URLSearchParams({
    a: 'function = "checkout" and cold',
    b: 'function = "checkout" and not cold',
  });
  const { a, parts } = await api<{
    a: { invocations: number };
    parts: { name: string; aMs: number; bMs: number }[];
  }>(`/api/v1/compare?${question}`);
  const cold = page.getByRole("region", { name: "cold", exact: true });
  await cold.waitFor();
  expect(await cold.textContent()).toContain(`Invocations${a.invocations}`);
  const table = page.getByRole("region", { name: "Where the time goes" });
  const first = table.locator("tbody tr").first();
  expect(await first.textContent()).toContain(parts[0]?.name);
  await first.getByRole("link").click();
  await page.getByRole("heading", { name: /^Trace of / }).waitFor();
});

it("puts two traces side by side", async () => {
  await page.goto(base + (await places.trace?.()));
  await page.getByRole("link", { name: "Compare", exact: true }).last().click();
  await page.getByRole("link", { name: /^With a usual one/ }).click();
  const table = page.getByRole("region", { name: "Spans of both traces" });
  await table
    .getByRole("row", { name: /^checkout/ })
    .first()
    .waitFor();
  const traceId = new URL(page.url()).searchParams.get("trace");
  const { spans } = await api<{ spans: { spanId: string; name: string; outcome: string }[] }>(
    `/api/v1/traces/${traceId}`,
  );
  const own = table.locator("tbody tr").filter({ has: page.locator(`a[href*="${traceId}"]`) });
  expect(await own.count()).toBe(spans.length);
  await page.getByRole("checkbox", { name: "Largest difference first" }).click();
  await page.waitForURL(/sort=difference/);
});

it("shows one deployment environment alone, and goes along from page to page", async () => {
  const { functions } = await api<{ functions: { name: string }[] }>("/api/v1/functions?environment=staging");
  const names = functions.map((f) => f.name);
  expect(names).toContain("report");
  expect(names).not.toContain("checkout");
  await page.goto(base);
  const table = page.getByRole("region", { name: "Functions" });
  await table.getByRole("link", { name: "checkout", exact: true }).waitFor();
  await page.getByRole("combobox", { name: "Deployment environment" }).selectOption("staging");
  await table.getByRole("link", { name: "checkout", exact: true }).waitFor({ state: "detached" });
  expect((await table.locator("tbody tr").allTextContents()).length).toBe(names.length);
  await page.getByRole("link", { name: "Cold starts", exact: true }).click();
  await page.getByRole("heading", { name: "Cold starts", exact: true }).waitFor();
  expect(new URL(page.url()).searchParams.get("environment")).toBe("staging");
  await page.locator("tbody tr").first().waitFor();
  expect(await page.locator("tbody").first().textContent()).not.toContain("checkout");
});

it("counts over time all traces that fit", async () => {
  const { traces } = await api<{ traces: number }>("/api/v1/trace-density?through=checkout");
  await page.goto(`${base}/traces?through=checkout`);
  const chart = page
    .getByRole("figure")
    .filter({ hasText: "traces" })
    .or(page.getByRole("figure").filter({ hasText: "Traces" }));
  await chart.getByRole("button", { name: /as a table$/ }).click();
  await chart.locator("tbody tr").first().waitFor();
  const cells = await chart.locator("tbody tr td:nth-child(n+2)").allTextContents();
  expect(cells.reduce((sum, text) => sum + Number(text.replaceAll(",", "")), 0)).toBe(traces);
});

it("says what the agent costs each function", async () => {
  const { functions } = await api<{ functions: { function: string; starts: number }[] }>(
    "/api/v1/agent-costs",
  );
  await page.goto(`${base}/setup`);
  const table = page.getByRole("region", { name: "What the agent costs" });
  await table.locator("tbody tr").first().waitFor();
  expect(await table.locator("tbody tr").count()).toBe(functions.length);
  expect(await table.locator("tbody tr").first().textContent()).toContain(functions[0]?.function);
});

it("says how to attach the agent, with this address, and that data comes", async () => {
  await page.goto(base);
  await page.getByRole("navigation").getByRole("link", { name: "Set up" }).click();
  await page.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=${base}`).waitFor();
  await page.getByText("Data comes: the newest invocation").waitFor();
  const { acceptedSpans } = await api<{ acceptedSpans: number }>("/api/v1/condition");
  const figures = page.getByRole("region", { name: "3. How the collector is doing" });
  await figures.getByText("Accepted").waitFor();
  expect(await figures.textContent()).toContain(`Accepted${acceptedSpans.toLocaleString("en-US")}spans`);
});

it("shows what looks like HTML, runs from right to left or is endless as the text that it is", async () => {
  const traceId = "5eed".padEnd(32, "0");
  const name = "<img src=x onerror=\"document.title='broken'\"> שלום 🧊";
  const endless = "x".repeat(10_000);
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId,
    spanId: "5eed000000000001",
    name,
    kind: 2,
    startTimeUnixNano: String(now - 50_000_000n),
    endTimeUnixNano: String(now),
    status: { code: 2, message: `${name} ${endless}` },
    attributes: [
      text("faas.invocation_id", "nasty-1"),
      text("thaw.outcome", "error"),
      text("error.type", name),
      text("user.text", `${name}\n${endless}`),
    ],
  };
  const sent = await fetch(`${base}/v1/traces`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      resourceSpans: [
        { resource: { attributes: [text("faas.name", name)] }, scopeSpans: [{ spans: [span] }] },
      ],
    }),
  });
  expect(sent.status).toBe(200);
  for (const path of [
    "/",
    "/errors",
    `/functions/${encodeURIComponent(name)}`,
    `/traces/${traceId}?span=5eed000000000001`,
    "/traces",
  ]) {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(base + path);
      await page.locator("main").getByText(name).locator("visible=true").first().waitFor();
      expect(await page.title()).not.toBe("broken");
      expect(await page.locator('img[src="x"]').count()).toBe(0);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

it("finds a request by what it logged, and shows the lines with the span that was open", async () => {
  const path = (await places.timeout?.()) ?? "";
  const { spans, startUs } = await api<{
    startUs: number;
    spans: { traceId: string; spanId: string; function: string; outcome: string }[];
  }>(`/api/v1${path}`);
  const invocation = spans.find((span) => span.outcome === "timeout");
  const said = "<b>no answer</b> from the warehouse ".padEnd(400, "x");
  const line = (severityText: string, stringValue: string, afterUs: number) => ({
    traceId: invocation?.traceId,
    spanId: invocation?.spanId,
    timeUnixNano: String(BigInt(startUs + afterUs) * 1000n),
    severityText,
    body: { stringValue },
  });
  const sent = await fetch(`${base}/v1/logs`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: "faas.name", value: { stringValue: invocation?.function } }] },
          scopeLogs: [
            {
              scope: { name: "shop.Warehouse" },
              logRecords: [line("WARN", "asking again", 900_000), line("ERROR", said, 1_500_000)],
            },
          ],
        },
      ],
    }),
  });
  expect(sent.status).toBe(200);
  await page.goto(`${base}/traces?filter=${encodeURIComponent('log ~ "from the warehouse"')}`);
  await page.locator(`tbody a[href*="${path}"]`).first().click();
  const logs = page.getByRole("region", { name: "Logs" });
  await logs.getByText("2 log lines, 1 error").waitFor();
  expect(await logs.locator("li").allTextContents()).toEqual([
    expect.stringContaining("900 msWARN"),
    expect.stringContaining(`1.50 sERROR${invocation?.function}${said}shop.Warehouse`),
  ]);
  await logs
    .getByRole("button", { name: invocation?.function ?? "" })
    .first()
    .click();
  const details = page.getByRole("complementary", { name: "Span details" });
  await details.getByText("asking again").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
});

it("makes a rule from a function's page, tries it on the past, sees it fire, and silences it", async () => {
  const name = "night shift";
  await page.goto(`${base}/functions/stuck`);
  await page.getByRole("link", { name: "Alert on this" }).click();
  await page.getByRole("heading", { name: "New rule", exact: true }).waitFor();
  await page.getByText("Suggested: 1, one is one too many").waitFor();
  expect(await page.getByRole("textbox", { name: "Threshold" }).inputValue()).toBe("1");

  await page.getByRole("textbox", { name: "Threshold" }).fill("many");
  const form = page.getByRole("form", { name: "Rule" });
  await form.getByText("threshold is 'many'; write a number such as 3").waitFor();
  expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);

  await page.getByRole("textbox", { name: "Threshold" }).fill("1");
  await page.getByRole("textbox", { name: "Within" }).fill("1h");
  await page.getByRole("textbox", { name: "Name" }).fill(name);
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
  await page.getByRole("textbox", { name: "Why" }).fill("we know");
  await page.getByRole("form", { name: "Silence" }).getByRole("button", { name: "Silence" }).click();
  await firing.getByRole("row", { name: /firing, silenced/ }).waitFor();
  await page.getByRole("button", { name: `End it for ${name} of stuck` }).click();
  await page.getByRole("region", { name: "Silences" }).waitFor({ state: "detached" });

  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByRole("button", { name: "Really remove" }).click();
  await page.getByRole("link", { name, exact: true }).waitFor({ state: "detached" });
});

it.runIf(locked)(
  "asks for a login, says what is wrong with one, and leads where one wanted to go",
  async () => {
    await page.goto(`${locked}/traces`);
    await page.getByRole("heading", { name: "Log in", exact: true }).waitFor();
    await page.getByLabel("Token", { exact: true }).fill("thaw-read-guessed");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("This is no token for reading").waitFor();
    await page.getByLabel("Token", { exact: true }).fill(token);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Traces", exact: true }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Traces", exact: true }).waitFor();
    await page.getByRole("button", { name: "Log out anna" }).click();
    await page.getByRole("heading", { name: "Log in", exact: true }).waitFor();
  },
);

const pages: Record<string, () => Promise<string>> = { ...places };
if (locked) {
  pages.login = async () => "/";
}

for (const [name, address] of Object.entries(pages)) {
  for (const colorScheme of ["light", "dark"] as const) {
    it(`is accessible and fits a phone: ${name}, ${colorScheme}`, async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 844 } });
      const phone = await context.newPage();
      await phone.goto((name === "login" ? locked : base) + (await address()));
      await phone.locator("main table, main .panel, main form").first().waitFor();
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

it("goes on with a long list, page by page, each once", async () => {
  // Two days ago, where no other test looks.
  const from = Date.now() - 2 * 86_400_000;
  const spans = Array.from({ length: 450 }, (_, i) => ({
    traceId: `10e6${String(i).padStart(28, "0")}`,
    spanId: "10e6000000000001",
    name: "many",
    kind: 2,
    // Pages end among some that began at the same time.
    startTimeUnixNano: String(BigInt(from + Math.floor(i / 7) * 1000) * 1_000_000n),
    endTimeUnixNano: String(BigInt(from + Math.floor(i / 7) * 1000 + 20) * 1_000_000n),
    attributes: [{ key: "faas.invocation_id", value: { stringValue: `many-${i}` } }],
  }));
  const sent = await fetch(`${base}/v1/traces`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: "faas.name", value: { stringValue: "many" } }] },
          scopeSpans: [{ spans }],
        },
      ],
    }),
  });
  expect(sent.status).toBe(200);
  const rows = page.getByRole("region", { name: "Traces", exact: true }).locator("tbody tr");
  const more = page.getByRole("button", { name: "Show more" });
  const range = `through=many&from=${from}&to=${from + 120_000}`;
  await expect
    .poll(async () => (await api<{ traces: number }>(`/api/v1/trace-density?${range}`)).traces, {
      timeout: 30_000,
    })
    .toBe(450);
  await page.goto(`${base}/traces?${range}`);
  await page.getByText("450 traces; the newest 200 below").waitFor();
  for (const shown of [400, 450]) {
    await more.click();
    await expect.poll(() => rows.count(), { timeout: 30_000 }).toBe(shown);
  }
  expect(await more.count()).toBe(0);
  const links = await rows
    .locator("a")
    .evaluateAll((all) => all.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
  expect(new Set(links).size).toBe(450);
});
