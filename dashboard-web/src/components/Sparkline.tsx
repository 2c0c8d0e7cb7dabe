// A row's history as bars, small enough for a table cell.
export function Sparkline({ values, label }: { values: number[]; label: string }) {
  const most = Math.max(1, ...values);
  const width = 96;
  const height = 22;
  const step = width / values.length;
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--thaw-line)" />
      {values.map((value, i) => {
        const h = value === 0 ? 0 : Math.max(2, (value / most) * (height - 2));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the bars are positions in time
            key={i}
            x={i * step}
            y={height - h}
            width={Math.max(1, step - 1)}
            height={h}
            fill="var(--mantine-primary-color-filled)"
          />
        );
      })}
    </svg>
  );
}
