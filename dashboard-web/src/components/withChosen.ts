// What is chosen is always among the choices: a link may name what did nothing in the range.

/** The names, with what is chosen in front where it is missing; null for nothing chosen. */
export function withChosen(names: string[], chosen: string | null): string[] {
  return chosen === null || names.includes(chosen) ? names : [chosen, ...names];
}
