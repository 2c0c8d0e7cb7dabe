// The one way in which pages get data: typed by the collector's OpenAPI document, cached by TanStack Query.
import { type InfiniteData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type FunctionSummary = Schemas["FunctionSummary"];
export type FunctionDetail = Schemas["FunctionDetail"];
export type InvocationItem = Schemas["InvocationItem"];
export type ColdStartDetail = Schemas["ColdStartDetail"];
export type ProfileItem = Schemas["ProfileItem"];
export type FrameItem = Schemas["FrameItem"];
export type TraceItem = Schemas["TraceItem"];
export type TraceDetail = Schemas["TraceDetail"];
export type SpanItem = Schemas["SpanItem"];
export type LogItem = Schemas["LogItem"];
export type Chains = Schemas["Chains"];
export type NodeItem = Schemas["NodeItem"];
export type SlowChain = Schemas["SlowChain"];
export type EdgeItem = Schemas["EdgeItem"];
export type AlertList = Schemas["AlertList"];
export type Alert = Schemas["Alert"];
export type AlertItem = Schemas["AlertItem"];
export type RuleItem = Schemas["RuleItem"];
export type KindItem = Schemas["KindItem"];
export type Silence = Schemas["Silence"];
export type ChannelItem = Schemas["ChannelItem"];
export type WaitingItem = Schemas["WaitingItem"];
export type Preview = Schemas["Preview"];
export type Losses = Schemas["Losses"];
export type Outcome = Schemas["Outcome"];
export type Percentiles = Schemas["Percentiles"];
export type FailureItem = Schemas["FailureItem"];
export type ThrottleItem = Schemas["ThrottleItem"];
export type Throttles = Schemas["Throttles"];
export type HeatMap = Schemas["HeatMap"];
export type Distribution = Schemas["Distribution"];
export type Comparison = Schemas["Comparison"];
export type AgentCosts = Schemas["AgentCosts"];

const client = createClient<paths>({ baseUrl: "" });

/**
 * How far to look back, in milliseconds, or from when to when, in milliseconds since the Unix epoch; and in which
 * deployment environment, all when undefined.
 */
export type Range = ({ back: number } | { from: number; to: number }) & { environment?: string };

/** Asked anew for each request, so that «the last hour» moves on. */
function window(range: Range) {
  if ("from" in range) {
    return range;
  }
  const to = Date.now();
  return { from: to - range.back, to, environment: range.environment };
}

type Window = ReturnType<typeof window>;

/** Where the next page of a list begins, and what time the first one was of. */
interface More {
  asked: Window;
  cursor: string;
}

/**
 * A list that comes page by page: all that was asked for so far, and whether there is more.
 *
 * @param page asks for one page
 * @param join makes one list of several pages
 */
function usePages<T extends { next: string }>(
  key: unknown[],
  range: Range,
  page: (query: Window & { cursor?: string }) => Promise<T>,
  join: (pages: T[]) => T,
) {
  return useInfiniteQuery({
    queryKey: key,
    initialPageParam: undefined as More | undefined,
    queryFn: async ({ pageParam }) => {
      const asked = pageParam?.asked ?? window(range);
      return { asked, page: await page({ ...asked, cursor: pageParam?.cursor }) };
    },
    getNextPageParam: (last): More | undefined =>
      last.page.next === "" ? undefined : { asked: last.asked, cursor: last.page.next },
    select: (data: InfiniteData<{ page: T }>) => join(data.pages.map((one) => one.page)),
  });
}

const PAGE = 200;

/** What the collector refused, in its own words. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** Where in a filter, from 0; undefined when it is not about a filter. */
    readonly position: number | undefined,
    /** What is wrong with a rule. */
    readonly problems: Schemas["RuleProblem"][] = [],
  ) {
    super(message);
  }
}

/** The answer's data, or an Error with the collector's own message. */
function dataOf<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data !== undefined) {
    return answer.data;
  }
  const error = answer.error as Schemas["Message"] | undefined;
  throw new Refused(
    // Where in the text that was sent a mistake is, nobody has to know who filled in a form.
    error?.problems?.map((problem) => problem.message).join("; ") ??
      error?.message ??
      `The collector answered with status ${answer.response.status}`,
    answer.response.status,
    error?.position,
    error?.problems,
  );
}

/** Whether a login is needed, and who has logged in. */
export function useSession() {
  return useQuery({
    queryKey: ["session"],
    queryFn: async () => dataOf(await client.GET("/api/v1/session")),
    refetchInterval: 300_000,
  });
}

export async function login(token: string): Promise<void> {
  const answer = await client.POST("/api/v1/login", { body: { token } });
  if (!answer.response.ok) {
    dataOf(answer as { data?: undefined; error?: unknown; response: Response });
  }
}

export async function logout(): Promise<void> {
  await client.POST("/api/v1/logout");
}

/** What the collector had to give up; it changes rarely. */
export function useLosses() {
  return useQuery({
    queryKey: ["losses"],
    queryFn: async () => dataOf(await client.GET("/api/v1/losses")),
    refetchInterval: 60_000,
  });
}

/** How the collector itself is doing. */
export function useCondition() {
  return useQuery({
    queryKey: ["condition"],
    queryFn: async () => dataOf(await client.GET("/api/v1/condition")),
  });
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** The deployment environments of which something came in a week; the empty one is what says none. */
export function useEnvironments() {
  return useQuery({
    queryKey: ["environments"],
    queryFn: async () =>
      dataOf(await client.GET("/api/v1/environments", { params: { query: window({ back: WEEK_MS }) } })),
    refetchInterval: 60_000,
  });
}

/** The newest invocation of a week; undefined while nothing has come. */
export function useNewestInvocation() {
  return useQuery({
    queryKey: ["newest"],
    queryFn: async () =>
      dataOf(
        await client.GET("/api/v1/invocations", {
          params: { query: { ...window({ back: WEEK_MS }), limit: 1 } },
        }),
      ),
    refetchInterval: 2000,
  });
}

export function useFunctions(range: Range) {
  return useQuery({
    queryKey: ["functions", range],
    queryFn: async () => dataOf(await client.GET("/api/v1/functions", { params: { query: window(range) } })),
  });
}

/** As long a time before it, to compare with. */
export function useFunctionsBefore(range: Range, isWanted: boolean) {
  return useQuery({
    queryKey: ["functions-before", range],
    enabled: isWanted,
    queryFn: async () => {
      const { from, to, environment } = window(range);
      return dataOf(
        await client.GET("/api/v1/functions", {
          params: { query: { from: 2 * from - to, to: from, environment } },
        }),
      );
    },
  });
}

export function useFailures(range: Range, kind: "errors" | "timeouts", name: string | undefined) {
  return useQuery({
    queryKey: ["failures", range, kind, name],
    queryFn: async () =>
      dataOf(
        await client.GET("/api/v1/failures", {
          params: { query: { ...window(range), kind, function: name, limit: 200 } },
        }),
      ),
  });
}

export function useThrottles(range: Range) {
  return useQuery({
    queryKey: ["throttles", range],
    queryFn: async () => dataOf(await client.GET("/api/v1/throttles", { params: { query: window(range) } })),
  });
}

export function useFunction(name: string, range: Range) {
  return useQuery({
    queryKey: ["function", name, range],
    // What was there before is shown for another time, not for another function.
    placeholderData: (before, last) => (last?.queryKey[1] === name ? before : undefined),
    queryFn: async () =>
      dataOf(
        await client.GET("/api/v1/functions/{name}", { params: { path: { name }, query: window(range) } }),
      ),
  });
}

export function useColdStarts(range: Range, name: string | undefined) {
  return usePages(
    ["cold-starts", range, name],
    range,
    async (query) =>
      dataOf(
        await client.GET("/api/v1/cold-starts", {
          params: { query: { ...query, function: name, limit: PAGE } },
        }),
      ),
    (pages) => ({
      initMs: (pages[0] as Schemas["ColdStartList"]).initMs,
      coldStarts: pages.flatMap((page) => page.coldStarts),
      next: "",
    }),
  );
}

export function useColdStart(traceId: string, spanId: string) {
  return useQuery({
    queryKey: ["cold-start", traceId, spanId],
    enabled: traceId !== "",
    placeholderData: undefined,
    queryFn: async () =>
      dataOf(
        await client.GET("/api/v1/cold-starts/{traceId}/{spanId}", {
          params: { path: { traceId, spanId } },
        }),
      ),
  });
}

export interface TraceFilter {
  through?: string;
  outcome?: Outcome;
  cold?: boolean;
  minDurationMs?: number;
  requestId?: string;
  filter?: string;
}

export function useTraces(range: Range, filter: TraceFilter) {
  return usePages(
    ["traces", range, filter],
    range,
    async (query) =>
      dataOf(await client.GET("/api/v1/traces", { params: { query: { ...query, ...filter, limit: PAGE } } })),
    (pages) => ({ traces: pages.flatMap((page) => page.traces), next: "" }),
  );
}

/** How many traces fit, over time. */
export function useTraceDensity(range: Range, filter: TraceFilter) {
  return useQuery({
    queryKey: ["trace-density", range, filter],
    queryFn: async () =>
      dataOf(
        await client.GET("/api/v1/trace-density", { params: { query: { ...window(range), ...filter } } }),
      ),
  });
}

/** What differs between the invocations that two filters find; asked when both are there. */
export function useComparison(range: Range, a: string, b: string) {
  return useQuery({
    queryKey: ["compare", range, a, b],
    queryFn: async () =>
      dataOf(await client.GET("/api/v1/compare", { params: { query: { ...window(range), a, b } } })),
    enabled: a !== "" && b !== "",
    refetchInterval: false,
    placeholderData: undefined,
  });
}

/** What the agent itself costs each function. */
export function useAgentCosts(range: Range) {
  return useQuery({
    queryKey: ["agent-costs", range],
    queryFn: async () =>
      dataOf(await client.GET("/api/v1/agent-costs", { params: { query: window(range) } })),
  });
}

const TRACE_RESTS_MS = 120_000;

export function useTrace(traceId: string) {
  return useQuery({
    queryKey: ["trace", traceId],
    enabled: traceId !== "",
    placeholderData: undefined,
    // Of what ended a while ago nothing more is to come.
    refetchInterval: ({ state: { data } }) =>
      data && (data.startUs + data.durationUs) / 1000 < Date.now() - TRACE_RESTS_MS ? false : 5000,
    queryFn: async () =>
      dataOf(await client.GET("/api/v1/traces/{traceId}", { params: { path: { traceId } } })),
  });
}

export function useSlowChains(range: Range) {
  return useQuery({
    queryKey: ["slow-chains", range],
    queryFn: async () =>
      dataOf(await client.GET("/api/v1/slow-chains", { params: { query: window(range) } })),
  });
}

export function useChains(range: Range) {
  return useQuery({
    queryKey: ["chains", range],
    queryFn: async () => dataOf(await client.GET("/api/v1/chains", { params: { query: window(range) } })),
  });
}

export function useAlerts() {
  return useQuery({
    queryKey: ["alerts"],
    queryFn: async () => dataOf(await client.GET("/api/v1/alerts")),
  });
}

/** A rule's fields by name, and the channels that hear of it. */
export interface RuleText {
  fields: Record<string, string>;
  channels: string[];
}

/** JSON, which the collector reads as the YAML that it is. */
function text({ fields, channels }: RuleText): string {
  return JSON.stringify(channels.length > 0 ? { ...fields, notify: channels } : fields);
}

const asItIs = { bodySerializer: (body: string) => body, headers: { "Content-Type": "application/yaml" } };

/** When the rule would have fired; asked again only when it changes. */
export function usePreview(rule: RuleText, back: number) {
  return useQuery({
    queryKey: ["preview", rule, back],
    queryFn: async ({ signal }) =>
      dataOf(
        await client.POST("/api/v1/alerts/preview", {
          params: { query: { from: Date.now() - back } },
          body: text(rule),
          signal,
          ...asItIs,
        }),
      ),
    refetchInterval: false,
  });
}

export function useSuggestions(name: string) {
  return useQuery({
    queryKey: ["suggestions", name],
    queryFn: async () =>
      dataOf(await client.GET("/api/v1/functions/{name}/rule-suggestions", { params: { path: { name } } })),
    enabled: name !== "",
    refetchInterval: false,
  });
}

export async function saveRule(rule: RuleText, replaces: string): Promise<void> {
  dataOf(
    await client.POST("/api/v1/alerts/rules", {
      params: { query: replaces === "" ? {} : { replaces } },
      body: text(rule),
      ...asItIs,
    }),
  );
}

export async function removeRule(name: string): Promise<void> {
  dataOf(await client.DELETE("/api/v1/alerts/rules", { params: { query: { name } } }));
}

export async function silence(body: Schemas["NewSilence"]): Promise<void> {
  dataOf(await client.POST("/api/v1/alerts/silences", { body }));
}

export async function endSilence(id: string): Promise<void> {
  dataOf(await client.DELETE("/api/v1/alerts/silences/{id}", { params: { path: { id } } }));
}
