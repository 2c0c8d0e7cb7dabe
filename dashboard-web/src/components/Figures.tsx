// The few figures at the top of a page.
import { SimpleGrid } from "@mantine/core";

export interface Figure {
  label: string;
  value: string;
  note?: string;
  color?: string;
}

export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, md: Math.min(6, figures.length) }} spacing="sm" mb="md">
      {figures.map((figure) => (
        <div key={figure.label} className="panel" style={{ padding: "12px 14px" }}>
          <div className="muted" style={{ fontSize: 12 }}>
            {figure.label}
          </div>
          <div
            style={{
              fontSize: 22,
              fontWeight: 650,
              color: figure.color,
              fontVariantNumeric: "tabular-nums",
              whiteSpace: "nowrap",
            }}
          >
            {figure.value}
          </div>
          <div className="muted" style={{ fontSize: 12, minHeight: 18 }}>
            {figure.note}
          </div>
        </div>
      ))}
    </SimpleGrid>
  );
}
