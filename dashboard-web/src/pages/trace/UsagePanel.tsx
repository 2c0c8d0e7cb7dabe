// What an invocation used of processor, memory and time, as bars.
import { Title } from "@mantine/core";
import type { Use } from "./usage";
import "./usage.css";

/** From here on it is worth a second look. */
const NEARLY_ALL = 0.9;

export function UsagePanel({ uses }: { uses: Use[] }) {
  if (uses.length === 0) {
    return null;
  }
  return (
    <section aria-label="What it used">
      <Title order={3} size="h6" mt="md" mb={4}>
        What it used
      </Title>
      <ul className="uses">
        {uses.map((use) => (
          <li key={use.label}>
            <span>{use.label}</span>
            <strong>{use.value}</strong>
            {use.part !== undefined && (
              <span className="use-bar" aria-hidden="true">
                <span
                  className={use.part >= NEARLY_ALL ? "nearly-all" : undefined}
                  style={{ width: `${Math.max(0.5, use.part * 100)}%` }}
                />
              </span>
            )}
            {use.note && <span className="muted">{use.note}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
