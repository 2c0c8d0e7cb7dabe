// Where things are on the minimap, as shares of its height.

/** The part that the window shows: what is scrolled away above, how high the window is, how high all rows are. */
export function stripeOf(aboveMost: number, windowPx: number, allPx: number): { from: number; to: number } {
  const share = (px: number) => Math.min(1, Math.max(0, px / Math.max(1, allPx)));
  return { from: share(aboveMost), to: share(aboveMost + windowPx) };
}

/** The row at a share of the height. */
export function spotOf(share: number, rows: number): number {
  return Math.max(0, Math.min(rows - 1, Math.floor(share * rows)));
}
