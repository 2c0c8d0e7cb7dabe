// The phases of a start, as thaw.phase names them, in words.

const NAMES: { [phase: string]: string } = {
  jvm: "JVM start",
  runtime: "runtime start",
  load: "load the class",
  clinit: "static initialisers",
  handler: "make the handler",
  restore: "restore",
  invocation: "first invocation",
};

export function phaseName(phase: string): string {
  return NAMES[phase] ?? phase;
}

/** Whose it is: what the function's author can change stands out. */
export function isOwn(phase: string): boolean {
  return phase === "load" || phase === "clinit" || phase === "handler";
}
