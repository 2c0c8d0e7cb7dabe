// Colours and type of the dashboard: one quiet base, and one colour for each thing that can be wrong.
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const ice: MantineColorsTuple = [
  "#e6fbfe",
  "#d2f1f6",
  "#a6e2ec",
  "#76d2e2",
  "#51c4d9",
  "#3abcd4",
  "#2ab8d2",
  "#18a1ba",
  "#0890a7",
  "#007d93",
];

export const theme = createTheme({
  primaryColor: "ice",
  primaryShade: { light: 9, dark: 5 },
  colors: { ice },
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace",
  defaultRadius: "md",
  headings: { fontWeight: "650" },
});
