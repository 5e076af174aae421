import type { Millis } from "../../platform/clock.ts";
import type { IdentityKey } from "./identity-key-store.ts";

/** A new key is published for so long before it signs: clouds keep what they have read of an issuer for a while. */
export const announceMs = 3_600_000;

/** How long a key is published after its successor signs: as long as the longest token that it has signed. */
export const retireMs = 24 * 3_600_000;

/** The key that signs now: the newest that has been announced long enough, or the oldest while none has. */
export function signingKey(keys: readonly IdentityKey[], now: Millis): IdentityKey | undefined {
  const newestFirst = sortNewestFirst(keys);
  return newestFirst.find((key) => key.createdAt + announceMs <= now) ?? newestFirst.at(-1);
}

/** Whether the newest key has had its time, and a successor is due. */
export function isRotationDue(keys: readonly IdentityKey[], rotateMs: number, now: Millis): boolean {
  const [newest] = sortNewestFirst(keys);
  return newest === undefined || newest.createdAt + rotateMs <= now;
}

/** The keys by which no token can be valid any more. */
export function outlivedKeys(keys: readonly IdentityKey[], now: Millis): IdentityKey[] {
  const newestFirst = sortNewestFirst(keys);
  return newestFirst.filter((_, index) => {
    const successor = newestFirst[index - 1];
    return successor !== undefined && successor.createdAt + announceMs + retireMs <= now;
  });
}

function sortNewestFirst(keys: readonly IdentityKey[]): IdentityKey[] {
  return [...keys].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
}
