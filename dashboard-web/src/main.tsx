// Mounts the dashboard: theme, one query cache, router.
import "@mantine/core/styles.css";
import "uplot/dist/uPlot.min.css";
import "./theme/theme.css";
import { MantineProvider } from "@mantine/core";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { App } from "./App";
import { Refused } from "./api/client";
import { theme } from "./theme/theme";

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // The session has ended: the frame is to ask for a login.
      if (error instanceof Refused && error.status === 401) {
        queries.invalidateQueries({ queryKey: ["session"] });
      }
    },
  }),
  defaultOptions: {
    queries: {
      refetchInterval: 5000,
      // A wrong question stays wrong.
      retry: (failures, error) => failures < 1 && !(error instanceof Refused && error.status < 500),
      placeholderData: (before: unknown) => before,
    },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <BrowserRouter>
            <App />
          </BrowserRouter>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
