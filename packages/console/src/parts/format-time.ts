const units = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** For example `3 minutes ago` or `in 2 days`; what is nearer than a minute is `just now` or `in less than a minute`. */
export function formatRelative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  for (const [unit, length] of units) {
    if (Math.abs(seconds) < length) continue;
    // What was set for seven days from now says so for a while, rather than six.
    return relative.format(seconds > 0 ? Math.round(seconds / length) : Math.trunc(seconds / length), unit);
  }
  // Clocks differ, and what is shown is renewed only every ten seconds.
  return seconds <= 12 ? "just now" : "in less than a minute";
}

const absolute = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
});

/** In the reader's time zone, with the same moment in UTC. */
export function formatAbsolute(at: number): string {
  return `${absolute.format(at)} (${new Date(at)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC")})`;
}

/** For example `2 m 05 s`, `850 ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${String(Math.round(milliseconds))} ms`;
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = (n: number) => String(n).padStart(2, "0");
  if (minutes < 60) return `${String(minutes)} m ${rest(seconds % 60)} s`;
  return `${String(Math.floor(minutes / 60))} h ${rest(minutes % 60)} m`;
}
