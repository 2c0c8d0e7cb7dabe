// How wide an element is, also when the window changes.
import { type RefObject, useEffect, useState } from "react";

/** In CSS pixels; 0 until it is known. */
export function useWidth(of: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = of.current;
    if (!element) {
      return;
    }
    const resize = new ResizeObserver(() => setWidth(element.clientWidth));
    resize.observe(element);
    return () => resize.disconnect();
  }, [of]);
  return width;
}
