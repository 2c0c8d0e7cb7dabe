// What goes into a filter as it is meant; docs/reference/filters.md has the language.

/** A text in quotes, whatever is in it. */
export function quoted(text: string): string {
  return `"${text.replace(/(["\\])/g, "\\$1")}"`;
}
