// All spans of a long trace in one small picture; choose or drag to move through it.
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import { prepared } from "../../components/canvas";
import { useWidth } from "../../components/useWidth";
import { hue, isPhase, type Row } from "../../components/waterfall";
import { spotOf, stripeOf } from "./stripe";

const HEIGHT = 72;

export function Minimap({
  list,
  functions,
  rowPx,
  top,
  onMove,
}: {
  list: Row[];
  functions: string[];
  rowPx: number;
  /** Where the rows begin, in pixels from the top of the page. */
  top: () => number;
  /** To a row, which comes to the middle of the window. */
  onMove: (row: number) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme("light");
  const holder = useRef<HTMLDivElement>(null);
  const width = useWidth(holder);
  const stripe = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the scheme changes
  useEffect(() => {
    if (canvas.current && width > 0) {
      draw(canvas.current, width, list, functions);
    }
  }, [list, functions, width, scheme]);
  useEffect(() => {
    let begin = top();
    // Neither asks for a layout nor renders anything: the rows need the frame for themselves.
    const look = () => {
      const { from, to } = stripeOf(window.scrollY - begin, window.innerHeight, list.length * rowPx);
      if (stripe.current) {
        stripe.current.style.transform = `translateY(${from * HEIGHT}px)`;
        stripe.current.style.height = `${(to - from) * HEIGHT}px`;
      }
    };
    const measure = () => {
      begin = top();
      look();
    };
    look();
    // What stands above the rows may grow or go.
    const page = new ResizeObserver(measure);
    page.observe(document.body);
    window.addEventListener("scroll", look, { passive: true });
    window.addEventListener("resize", measure);
    return () => {
      page.disconnect();
      window.removeEventListener("scroll", look);
      window.removeEventListener("resize", measure);
    };
  }, [list, rowPx, top]);
  const move = (event: React.PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    onMove(spotOf((event.clientY - box.top) / box.height, list.length));
  };
  return (
    // The rows themselves are what keyboards and screen readers use.
    <div
      className="minimap"
      ref={holder}
      aria-hidden="true"
      style={{ height: HEIGHT }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) {
          move(event);
        }
      }}
    >
      <canvas ref={canvas} />
      <div className="minimap-seen" ref={stripe} />
    </div>
  );
}

function draw(canvas: HTMLCanvasElement, width: number, list: Row[], functions: string[]) {
  const context = prepared(canvas, width, HEIGHT);
  if (!context) {
    return;
  }
  const css = getComputedStyle(canvas);
  const cold = css.getPropertyValue("--thaw-cold").trim();
  const error = css.getPropertyValue("--thaw-error").trim();
  const high = Math.max(1, HEIGHT / list.length);
  list.forEach(({ span, left, width: share }, i) => {
    const failed = span.status === "error" || span.unfinished;
    context.fillStyle = failed
      ? error
      : isPhase(span)
        ? cold
        : `hsl(${hue(span.function, functions)} 50% 50%)`;
    context.globalAlpha = failed ? 1 : 0.75;
    context.fillRect(left * width, (i / list.length) * HEIGHT, Math.max(1, share * width), high);
  });
}
