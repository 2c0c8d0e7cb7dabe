// A canvas of a size in CSS pixels, sharp on every screen.

/** Empties it, and returns what to draw with in CSS pixels; undefined where nothing can be drawn. */
export function prepared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | undefined {
  const scale = globalThis.devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d") ?? undefined;
  context?.scale(scale, scale);
  return context;
}
