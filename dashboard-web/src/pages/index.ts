// The list of pages. Adding one is one folder and one line here; see docs/adding-a-page.md.
// What is not the first page is loaded later.
import { type ComponentType, lazy } from "react";
import { FunctionsPage } from "./functions/FunctionsPage";

/** A page without a title is reached from another page only, one that is aside from the palette, too. */
export interface Page {
  path: string;
  title?: string;
  isAside?: boolean;
  component: ComponentType;
}

const later = {
  FunctionPage: async () => ({ default: (await import("./function/FunctionPage")).FunctionPage }),
  ColdStartsPage: async () => ({ default: (await import("./cold-starts/ColdStartsPage")).ColdStartsPage }),
  ColdStartPage: async () => ({ default: (await import("./cold-start/ColdStartPage")).ColdStartPage }),
  TimeoutsPage: async () => ({ default: (await import("./timeouts/TimeoutsPage")).TimeoutsPage }),
  ThrottlesPage: async () => ({ default: (await import("./throttles/ThrottlesPage")).ThrottlesPage }),
  ErrorsPage: async () => ({ default: (await import("./errors/ErrorsPage")).ErrorsPage }),
  TracesPage: async () => ({ default: (await import("./traces/TracesPage")).TracesPage }),
  TracePage: async () => ({ default: (await import("./trace/TracePage")).TracePage }),
  ChainsPage: async () => ({ default: (await import("./chains/ChainsPage")).ChainsPage }),
  ComparePage: async () => ({ default: (await import("./compare/ComparePage")).ComparePage }),
  AlertsPage: async () => ({ default: (await import("./alerts/AlertsPage")).AlertsPage }),
  SetupPage: async () => ({ default: (await import("./setup/SetupPage")).SetupPage }),
  RulePage: async () => ({ default: (await import("./rule/RulePage")).RulePage }),
};

/** Fetches all of them: to be called when there is nothing else to do, so that no click waits for code. */
export function fetchAhead() {
  for (const page of Object.values(later)) {
    void page().catch(() => {
      // Asked again when somebody goes there.
    });
  }
}

export const pages: Page[] = [
  { path: "/", title: "Overview", component: FunctionsPage },
  { path: "/functions/:name", component: lazy(later.FunctionPage) },
  { path: "/cold-starts", title: "Cold starts", component: lazy(later.ColdStartsPage) },
  { path: "/cold-starts/:traceId/:spanId", component: lazy(later.ColdStartPage) },
  { path: "/timeouts", title: "Timeouts", component: lazy(later.TimeoutsPage) },
  { path: "/errors", title: "Errors", component: lazy(later.ErrorsPage) },
  { path: "/throttles", title: "Throttles", component: lazy(later.ThrottlesPage) },
  { path: "/traces", title: "Traces", component: lazy(later.TracesPage) },
  { path: "/traces/:traceId", component: lazy(later.TracePage) },
  { path: "/chains", title: "Chains", component: lazy(later.ChainsPage) },
  { path: "/compare", title: "Compare", isAside: true, component: lazy(later.ComparePage) },
  { path: "/alerts", title: "Alerts", component: lazy(later.AlertsPage) },
  { path: "/alerts/rule", component: lazy(later.RulePage) },
  { path: "/setup", title: "Set up", component: lazy(later.SetupPage) },
];
