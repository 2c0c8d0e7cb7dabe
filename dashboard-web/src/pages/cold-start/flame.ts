// The flame graph's geometry: which frames are drawn, where, and in which colour. Pure.
import type { FrameItem } from "../../api/client";

/** The whole start as one frame; below it its phases. */
export function whole(phases: FrameItem[]): FrameItem {
  return {
    name: "start",
    jar: "",
    ms: phases.reduce((sum, phase) => sum + phase.ms, 0),
    selfMs: 0,
    children: phases,
  };
}

export interface Box {
  frame: FrameItem;
  /** The frame and all its callers, outermost first. */
  path: FrameItem[];
  depth: number;
  /** Shares of the width, 0 to 1. */
  left: number;
  width: number;
}

/** Frames narrower than this share, 3 pixels of a wide page, can't be pointed at; their callers show that something is missing. */
const NARROWEST = 0.0025;

/**
 * The boxes below a chosen frame, which takes the whole width, with its callers above it.
 * Siblings are in the order of their time.
 */
export function layout(path: FrameItem[]): Box[] {
  const boxes: Box[] = path.map((frame, depth) => ({
    frame,
    path: path.slice(0, depth + 1),
    depth,
    left: 0,
    width: 1,
  }));
  const chosen = path[path.length - 1];
  if (chosen && chosen.ms > 0) {
    below(chosen, path, 0, 1 / chosen.ms, boxes);
  }
  return boxes;
}

function below(frame: FrameItem, path: FrameItem[], left: number, scale: number, boxes: Box[]) {
  let at = left;
  for (const child of [...frame.children].sort((a, b) => b.ms - a.ms)) {
    const width = child.ms * scale;
    if (width >= NARROWEST) {
      const deeper = [...path, child];
      boxes.push({ frame: child, path: deeper, depth: path.length, left: at, width });
      below(child, deeper, at, scale, boxes);
    }
    at += width;
  }
}

/** A short name: the class without its package, and the method. */
export function shortName(name: string): string {
  const parts = name.split(".");
  const classAt = parts.findIndex((part) => /^[A-Z]/.test(part));
  return classAt > 0 ? parts.slice(classAt).join(".") : name;
}

/** Time of all frames that fit, without counting a frame inside another one that fits. */
export function matching(frame: FrameItem, search: string): number {
  const wanted = search.toLowerCase();
  if (fits(frame, wanted)) {
    return frame.ms;
  }
  return frame.children.reduce((sum, child) => sum + matching(child, wanted), 0);
}

export function fits(frame: FrameItem, lowerCase: string): boolean {
  return (
    lowerCase !== "" &&
    (frame.name.toLowerCase().includes(lowerCase) || frame.jar.toLowerCase().includes(lowerCase))
  );
}

/** The hue of a jar, the same in every start; undefined for the JDK and for what has no jar. */
export function hue(jar: string): number | undefined {
  if (jar === "" || jar === "jdk") {
    return undefined;
  }
  let hash = 7;
  // Without the version, so that an upgrade keeps the colour.
  for (const char of jar.replace(/-\d.*$/, "")) {
    hash = (hash * 31 + char.charCodeAt(0)) % 3600;
  }
  return hash / 10;
}
