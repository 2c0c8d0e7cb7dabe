// The value of an attribute, as text.

export function valueText(value: unknown): string {
  return value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
}
