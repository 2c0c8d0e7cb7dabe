// The one way in which pages get data: typed by the collector's OpenAPI document, cached by TanStack Query.
import { useQuery } from "@tanstack/react-query";
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
export type Chains = Schemas["Chains"];
export type NodeItem = Schemas["NodeItem"];
export type SlowChain = Schemas["SlowChain"];
export type EdgeItem = Schemas["EdgeItem"];
export type AlertList = Schemas["AlertList"];
export type Alert = Schemas["Alert"];
export type Losses = Schemas["Losses"];
export type Outcome = Schemas["Outcome"];
export type Percentiles = Schemas["Percentiles"];

const client = createClient<paths>({ baseUrl: "" });

/** How far to look back, in milliseconds. */
export type Range = number;

/** Asked anew for each request, so that «the last hour» moves on. */
function window(range: Range) {
  const to = Date.now();
  return { from: to - range, to };
}

/** What the collector refused, in its own words. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** Where in a filter, from 0; undefined when it is not about a filter. */
    readonly position: number | undefined,
  ) {
    super(message);
  }
}

/** The answer's data, or an Error with the collector's own message. */
function dataOf<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data !== undefined) {
    return answer.data;
  }
  const error = answer.error as { message?: string; position?: number } | undefined;
  throw new Refused(
    error?.message ?? `The collector answered with status ${answer.response.status}`,
    answer.response.status,
    error?.position,
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

export function useFunctions(range: Range) {
  return useQuery({
    queryKey: ["functions", range],
    queryFn: async () => dataOf(await client.GET("/api/v1/functions", { params: { query: window(range) } })),
  });
}

export function useFunction(name: string, range: Range) {
  return useQuery({
    queryKey: ["function", name, range],
    queryFn: async () =>
      dataOf(
        await client.GET("/api/v1/functions/{name}", { params: { path: { name }, query: window(range) } }),
      ),
  });
}

export function useColdStarts(range: Range, name: string | undefined) {
  return useQuery({
    queryKey: ["cold-starts", range, name],
    queryFn: async () =>
      dataOf(
        await client.GET("/api/v1/cold-starts", {
          params: { query: { ...window(range), function: name, limit: 200 } },
        }),
      ),
  });
}

export function useColdStart(traceId: string, spanId: string) {
  return useQuery({
    queryKey: ["cold-start", traceId, spanId],
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
  return useQuery({
    queryKey: ["traces", range, filter],
    queryFn: async () =>
      dataOf(
        await client.GET("/api/v1/traces", {
          params: { query: { ...window(range), ...filter, limit: 200 } },
        }),
      ),
  });
}

export function useTrace(traceId: string) {
  return useQuery({
    queryKey: ["trace", traceId],
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
