// The collector's losses in words.
import type { Losses } from "../api/client";

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Whether it is known that something is missing; a damaged database may have been in the journal as a whole. */
export function isCertain({ missingRequests, skippedSpans }: Losses): boolean {
  return missingRequests > 0 || skippedSpans > 0;
}

/** Empty when nothing is lost. */
export function lossText({ missingRequests, skippedSpans, damage }: Losses): string {
  const parts: string[] = [];
  if (missingRequests > 0) {
    parts.push(
      `${counted(missingRequests, "request was", "requests were")} in the journal and can't be read any more.`,
    );
  }
  if (skippedSpans > 0) {
    parts.push(`${counted(skippedSpans, "span", "spans")} could not be stored.`);
  }
  if (damage) {
    parts.push(`The database: ${damage}.`);
  }
  return parts.join(" ");
}
