// What a page says when it has nothing to show: still loading, nothing there, or a failure.
import { Loader } from "@mantine/core";
import type { ReactNode } from "react";

export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="panel" style={{ textAlign: "center", padding: "48px 16px" }}>
      <div style={{ fontWeight: 600, marginBottom: 8 }}>{title}</div>
      <div className="muted">{children}</div>
    </div>
  );
}

/** Loading and failure are the same on every page; what there is to show is not. */
export function Loaded<T>({
  query,
  children,
}: {
  query: { data: T | undefined; error: Error | null; isPending: boolean };
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) {
    return (
      <>
        {query.error && (
          <div role="status" className="muted" style={{ marginBottom: 8 }}>
            The collector does not answer just now; this is what it said last.
          </div>
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.error) {
    return <Notice title="This could not be loaded">{query.error.message}</Notice>;
  }
  return <Loading />;
}

export function Loading() {
  return (
    <div style={{ display: "flex", justifyContent: "center", padding: 64 }}>
      <Loader role="status" aria-label="Loading" />
    </div>
  );
}
