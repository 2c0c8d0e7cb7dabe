// A profile in the forms that other tools read. Plain functions.
import type { FrameItem } from "../../api/client";

/** Brendan Gregg's collapsed stacks: frames from the outside in, then whole microseconds of the innermost alone. */
export function collapsed(phases: FrameItem[]): string {
  const lines: string[] = [];
  const walk = (frame: FrameItem, path: string[]) => {
    // A semicolon separates frames; names have none, but what they come from is not ours.
    const deeper = [...path, frame.name.replace(/;/g, ":")];
    const us = Math.round(frame.selfMs * 1000);
    if (us > 0) {
      lines.push(`${deeper.join(";")} ${us}`);
    }
    for (const child of frame.children) {
      walk(child, deeper);
    }
  };
  for (const phase of phases) {
    walk(phase, []);
  }
  return lines.length > 0 ? `${lines.join("\n")}\n` : "";
}

interface Speedscope {
  $schema: string;
  name: string;
  exporter: string;
  shared: { frames: { name: string; file?: string }[] };
  profiles: {
    type: "sampled";
    name: string;
    unit: "milliseconds";
    startValue: 0;
    endValue: number;
    samples: number[][];
    weights: number[];
  }[];
}

/** https://www.speedscope.app/file-format-schema.json, one sampled profile: the order of samples is not known. */
export function speedscope(name: string, phases: FrameItem[]): Speedscope {
  const frames: { name: string; file?: string }[] = [];
  const known = new Map<string, number>();
  const samples: number[][] = [];
  const weights: number[] = [];
  const indexOf = (frame: FrameItem) => {
    const key = `${frame.jar}\n${frame.name}`;
    const at = known.get(key) ?? frames.length;
    if (at === frames.length) {
      frames.push(frame.jar ? { name: frame.name, file: frame.jar } : { name: frame.name });
      known.set(key, at);
    }
    return at;
  };
  const walk = (frame: FrameItem, path: number[]) => {
    const deeper = [...path, indexOf(frame)];
    if (frame.selfMs > 0) {
      samples.push(deeper);
      weights.push(frame.selfMs);
    }
    for (const child of frame.children) {
      walk(child, deeper);
    }
  };
  for (const phase of phases) {
    walk(phase, []);
  }
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "Thaw",
    shared: { frames },
    profiles: [
      {
        type: "sampled",
        name,
        unit: "milliseconds",
        startValue: 0,
        endValue: weights.reduce((sum, weight) => sum + weight, 0),
        samples,
        weights,
      },
    ],
  };
}
