/** Milliseconds since the epoch, UTC: the only form in which time is stored or compared. */
export type Millis = number;

/** Tells the time; rules take it as an argument so that tests decide what time it is. */
export type Clock = () => Millis;

/** RFC 3339 in UTC with milliseconds and a literal `Z`, which go-tfe and go-openapi both demand. */
export function toRfc3339(at: Millis): string {
  return new Date(at).toISOString();
}

/** As {@link toRfc3339}; null stays null. */
export function toRfc3339OrNull(at: Millis | null): string | null {
  return at === null ? null : toRfc3339(at);
}

/** For sentences that people read: `2026-12-22 21:58 UTC`. */
export function toReadableTime(at: Millis): string {
  return `${toRfc3339(at).slice(0, 16).replace("T", " ")} UTC`;
}
