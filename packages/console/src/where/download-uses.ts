import type { ImageUse } from "../api/types.ts";

const columns: readonly (readonly [header: string, value: (use: ImageUse) => string | null | undefined])[] = [
  ["workspace", (use) => use.workspace.name],
  ["workspace_id", (use) => use.workspace.id],
  ["resource", (use) => use.resource],
  ["attribute", (use) => use.attribute],
  ["bucket", (use) => use.bucket],
  ["version", (use) => use.version],
  ["status", (use) => use.status],
  ["channel", (use) => use.channel],
  ["channel_version", (use) => use.channel_version],
  ["identifier", (use) => use.external_identifier],
  ["revoke_at", (use) => use.revoke_at],
  ["behind_since", (use) => use.behind_since],
  ["first_seen_at", (use) => use.first_seen_at],
];

/** Uses as CSV of RFC 4180. Spreadsheets take a cell that begins like a formula for one; an apostrophe prevents that. */
export function toCsv(uses: readonly ImageUse[]): string {
  const lines = [columns.map(([header]) => header), ...uses.map((use) => columns.map(([, value]) => value(use) ?? ""))];
  return lines.map((cells) => `${cells.map(quote).join(",")}\r\n`).join("");
}

function quote(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Saves the uses that are loaded as a file. */
export function downloadUses(uses: readonly ImageUse[]): void {
  const url = URL.createObjectURL(new Blob([toCsv(uses)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `image-uses-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
