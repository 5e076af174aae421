/** How long a token may last, in days; null: until somebody ends it. */
export const lifetimes = [
  { value: "30", label: "30 days", days: 30 },
  { value: "90", label: "90 days", days: 90 },
  { value: "365", label: "A year", days: 365 },
  { value: "never", label: "Until it is ended", days: null },
] as const;

export type Lifetime = (typeof lifetimes)[number]["value"];

const dayMs = 86_400_000;

/** When a token of this lifetime ends that is made now, as RFC 3339; null: never. */
export function endOf(lifetime: Lifetime, now: number): string | null {
  const days = lifetimes.find(({ value }) => value === lifetime)?.days ?? null;
  return days === null ? null : new Date(now + days * dayMs).toISOString();
}
