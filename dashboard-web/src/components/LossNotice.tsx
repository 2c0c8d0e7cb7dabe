// One line over every page when the collector has lost something: nobody should draw conclusions from what is missing.
import type { Losses } from "../api/client";
import { lossText } from "./losses";

export function LossNotice({ losses }: { losses: Losses | undefined }) {
  const text = losses ? lossText(losses) : "";
  if (!text) {
    return null;
  }
  return (
    <div
      role="status"
      className="panel"
      style={{ marginBottom: 16, padding: "10px 14px", borderLeft: "3px solid var(--thaw-error)" }}
    >
      <strong>Something is missing.</strong> {text}
    </div>
  );
}
