import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const steel: MantineColorsTuple = [
  "#eef4fb",
  "#dbe6f3",
  "#b6cce6",
  "#8db0d9",
  "#6b98cd",
  "#5588c5",
  "#3f74b4",
  "#2b5f9e",
  "#1f5189",
  "#134476",
];

// Mantine's own red carries no white text.
const red: MantineColorsTuple = [
  "#fff1f0",
  "#ffdfdc",
  "#ffc0bb",
  "#ff9d94",
  "#f47b70",
  "#e5544a",
  "#c9382f",
  "#b3261e",
  "#971c16",
  "#7a1310",
];

export const theme = createTheme({
  primaryColor: "steel",
  primaryShade: { light: 7, dark: 6 },
  colors: { steel, red },
  autoContrast: true,
  defaultRadius: "sm",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.4" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.4" },
    },
  },
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  focusRing: "auto",
  cursorType: "pointer",
  components: {
    Tooltip: {
      defaultProps: {
        withArrow: true,
        openDelay: 250,
        events: { hover: true, focus: true, touch: true },
        maw: 360,
        multiline: true,
      },
    },
    Button: { defaultProps: { size: "sm" } },
    Modal: {
      defaultProps: { closeButtonProps: { "aria-label": "Close" } },
      styles: { title: { fontWeight: 600, fontSize: "1.0625rem" } },
    },
    Notification: {
      defaultProps: { closeButtonProps: { "aria-label": "Dismiss" } },
      styles: { description: { color: "var(--mantine-color-dimmed)" } },
    },
    // Text inside tables and panels is as large as theirs.
    Text: { defaultProps: { size: "sm" } },
    Table: { defaultProps: { verticalSpacing: 8, horizontalSpacing: "sm" } },
  },
});

/** Mantine's quiet greys are too faint to read for many people; these have a contrast of at least 4.5 to 1. */
export const resolveCssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#55606b",
    "--mantine-color-placeholder": "#68737d",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-anchor": "#20568f",
  },
  dark: {
    "--mantine-color-dimmed": "#a3abb3",
    "--mantine-color-placeholder": "#8f979e",
    "--mantine-color-error": "#ff9d94",
    "--mantine-color-anchor": "#8fbbee",
  },
});
