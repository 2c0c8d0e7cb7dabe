// The list of pages. Adding one is one folder and one line here; see docs/adding-a-page.md.
// What is not the first page is loaded when somebody goes there.
import { type ComponentType, lazy } from "react";
import { FunctionsPage } from "./functions/FunctionsPage";

/** A page without a title is reached from another page only, one that is aside from the palette, too. */
export interface Page {
  path: string;
  title?: string;
  isAside?: boolean;
  component: ComponentType;
}

const FunctionPage = lazy(async () => ({ default: (await import("./function/FunctionPage")).FunctionPage }));
const ColdStartsPage = lazy(async () => ({
  default: (await import("./cold-starts/ColdStartsPage")).ColdStartsPage,
}));
const ColdStartPage = lazy(async () => ({
  default: (await import("./cold-start/ColdStartPage")).ColdStartPage,
}));
const TimeoutsPage = lazy(async () => ({ default: (await import("./timeouts/TimeoutsPage")).TimeoutsPage }));
const ThrottlesPage = lazy(async () => ({
  default: (await import("./throttles/ThrottlesPage")).ThrottlesPage,
}));
const ErrorsPage = lazy(async () => ({ default: (await import("./errors/ErrorsPage")).ErrorsPage }));
const TracesPage = lazy(async () => ({ default: (await import("./traces/TracesPage")).TracesPage }));
const TracePage = lazy(async () => ({ default: (await import("./trace/TracePage")).TracePage }));
const ChainsPage = lazy(async () => ({ default: (await import("./chains/ChainsPage")).ChainsPage }));
const ComparePage = lazy(async () => ({ default: (await import("./compare/ComparePage")).ComparePage }));
const AlertsPage = lazy(async () => ({ default: (await import("./alerts/AlertsPage")).AlertsPage }));
const SetupPage = lazy(async () => ({ default: (await import("./setup/SetupPage")).SetupPage }));
const RulePage = lazy(async () => ({ default: (await import("./rule/RulePage")).RulePage }));

export const pages: Page[] = [
  { path: "/", title: "Overview", component: FunctionsPage },
  { path: "/functions/:name", component: FunctionPage },
  { path: "/cold-starts", title: "Cold starts", component: ColdStartsPage },
  { path: "/cold-starts/:traceId/:spanId", component: ColdStartPage },
  { path: "/timeouts", title: "Timeouts", component: TimeoutsPage },
  { path: "/errors", title: "Errors", component: ErrorsPage },
  { path: "/throttles", title: "Throttles", component: ThrottlesPage },
  { path: "/traces", title: "Traces", component: TracesPage },
  { path: "/traces/:traceId", component: TracePage },
  { path: "/chains", title: "Chains", component: ChainsPage },
  { path: "/compare", title: "Compare", isAside: true, component: ComparePage },
  { path: "/alerts", title: "Alerts", component: AlertsPage },
  { path: "/alerts/rule", component: RulePage },
  { path: "/setup", title: "Set up", component: SetupPage },
];
