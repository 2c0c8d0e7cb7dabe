// One line over every page when the collector has lost something: nobody should draw conclusions from what is missing.
import type { Losses } from "../api/client";
import { isCertain, lossText } from "./losses";

export function LossNotice({ losses }: { losses: Losses | undefined }) {
  const text = losses ? lossText(losses) : "";
  if (!losses || !text) {
    return null;
  }
  return (
    <div
      role="status"
      className="panel"
      style={{ marginBottom: 16, padding: "10px 14px", borderLeft: "3px solid var(--thaw-error)" }}
    >
      <strong>{isCertain(losses) ? "Something is missing." : "Something may be missing."}</strong> {text}
    </div>
  );
}
