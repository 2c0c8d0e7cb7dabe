// The few figures at the top of a page.
import "./figures.css";

export interface Figure {
  label: string;
  value: string;
  note?: string;
  color?: string;
}

export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <div className="figures">
      {figures.map((figure) => (
        <div key={figure.label} className="panel">
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
    </div>
  );
}
