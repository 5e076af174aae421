const units = ["bytes", "KiB", "MiB", "GiB"];

/** For example `812 bytes`, `1.4 MiB`. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  const text = unit === 0 || size >= 100 ? String(Math.round(size)) : size.toFixed(1);
  return `${text} ${units[unit] ?? ""}`;
}
