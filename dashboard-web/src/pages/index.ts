// The list of pages. Adding one is one folder and one line here; see docs/adding-a-page.md.
import type { ComponentType } from "react";
import { AlertsPage } from "./alerts/AlertsPage";
import { ChainsPage } from "./chains/ChainsPage";
import { ColdStartPage } from "./cold-start/ColdStartPage";
import { ColdStartsPage } from "./cold-starts/ColdStartsPage";
import { FunctionPage } from "./function/FunctionPage";
import { FunctionsPage } from "./functions/FunctionsPage";
import { TracePage } from "./trace/TracePage";
import { TracesPage } from "./traces/TracesPage";

/** A page without a title is reached from another page only. */
export interface Page {
  path: string;
  title?: string;
  component: ComponentType;
}

export const pages: Page[] = [
  { path: "/", title: "Functions", component: FunctionsPage },
  { path: "/functions/:name", component: FunctionPage },
  { path: "/cold-starts", title: "Cold starts", component: ColdStartsPage },
  { path: "/cold-starts/:traceId/:spanId", component: ColdStartPage },
  { path: "/traces", title: "Traces", component: TracesPage },
  { path: "/traces/:traceId", component: TracePage },
  { path: "/chains", title: "Chains", component: ChainsPage },
  { path: "/alerts", title: "Alerts", component: AlertsPage },
];
