import { canonicalText, firstPreviousHash, hashOfText, type AuditRecordView } from "./chain.ts";

/** A point of a trail that somebody has written down elsewhere: `ingot audit head` prints it. */
export interface KnownHead {
  readonly trail: string;
  readonly sequence: number;
  readonly hash: string;
}

export interface BrokenRecord {
  /** Of the first bad record, counted from 1 over everything that was read. */
  readonly position: number;
  readonly trail: string;
  readonly sequence: number | null;
  readonly reason: string;
}

export interface VerifiedTrail {
  readonly trail: string;
  readonly records: number;
  /** 1 unless the beginning was left out; what is left out is not verified. */
  readonly first: number;
  readonly last: number;
  readonly hash: string;
}

export type Verdict =
  | { readonly whole: true; readonly trails: readonly VerifiedTrail[]; readonly repeated: number }
  | { readonly whole: false; readonly broken: BrokenRecord };

export interface TrailVerifier {
  /** Takes the next record of any trail, as an export or a stream has it. Undefined while all is well. */
  add(view: unknown): BrokenRecord | undefined;
  /** Says that this record differs from what stands beside it, such as the columns that it is found by. */
  addForeignReason(view: unknown, reason: string): BrokenRecord;
  /** Nothing follows. */
  end(): Verdict;
}

// A stream sends a batch again when it does not know whether it arrived; batches are far smaller.
const rememberedMax = 100_000;

interface Progress {
  first: number;
  last: number;
  hash: string;
  readonly hashes: Map<number, string>;
}

/**
 * Checks hash, chain and numbering of trails as they are read. A record that was verified before and comes again unchanged is
 * no fault: streams deliver at least once. With known heads, a trail that ends before one, or says otherwise there, is broken.
 */
export function createTrailVerifier(known: readonly KnownHead[] = []): TrailVerifier {
  const trails = new Map<string, Progress>();
  let position = 0;
  let repeated = 0;
  let broken: BrokenRecord | undefined;

  function fail(view: unknown, reason: string): BrokenRecord {
    const { trail, sequence } = (typeof view === "object" && view !== null ? view : {}) as Record<string, unknown>;
    broken ??= {
      position,
      trail: typeof trail === "string" ? trail : "?",
      sequence: typeof sequence === "number" ? sequence : null,
      reason,
    };
    return broken;
  }

  function check(view: AuditRecordView): string | undefined {
    const { trail, sequence, hash, previous_hash: previous } = view;
    if (hashOfText(canonicalText(view)) !== hash) return "it was changed: its hash does not fit its content";
    const head = known.find((one) => one.trail === trail && one.sequence === sequence);
    if (head !== undefined && head.hash !== hash)
      return "it is not the record that was here when the head was written down";
    const before = trails.get(trail);
    if (before === undefined) {
      if (sequence === 1 && previous !== firstPreviousHash) return "it is the first and claims to follow another";
      trails.set(trail, { first: sequence, last: sequence, hash, hashes: new Map([[sequence, hash]]) });
      return undefined;
    }
    if (sequence <= before.last) {
      if (before.hashes.get(sequence) !== hash) return `it stands behind number ${before.last}: the order was changed`;
      repeated++;
      return undefined;
    }
    if (sequence !== before.last + 1) return `it follows number ${before.last}: what was between them is missing`;
    if (previous !== before.hash) return "it does not follow the record in front of it: one of the two was replaced";
    before.last = sequence;
    before.hash = hash;
    before.hashes.set(sequence, hash);
    if (before.hashes.size > rememberedMax) before.hashes.delete(before.hashes.keys().next().value as number);
    return undefined;
  }

  return {
    add(view) {
      if (broken !== undefined) return broken;
      position++;
      if (!isRecordView(view)) return fail(view, "it is not an audit record");
      const reason = check(view);
      return reason === undefined ? undefined : fail(view, reason);
    },
    addForeignReason: (view, reason) => {
      position++;
      return fail(view, reason);
    },
    end() {
      for (const head of known) {
        const trail = trails.get(head.trail);
        if (broken === undefined && (trail?.last ?? 0) < head.sequence) {
          position++;
          fail(
            { trail: head.trail, sequence: (trail?.last ?? 0) + 1 },
            `it is missing, and so is everything up to number ${head.sequence}: the end was cut off`,
          );
        }
      }
      if (broken !== undefined) return { whole: false, broken };
      const verified = [...trails].map(([trail, { first, last, hash }]) => ({
        trail,
        records: last - first + 1,
        first,
        last,
        hash,
      }));
      return { whole: true, trails: verified, repeated };
    },
  };
}

function isRecordView(value: unknown): value is AuditRecordView {
  if (typeof value !== "object" || value === null) return false;
  const { trail, sequence, hash, previous_hash: previous } = value as Record<string, unknown>;
  return (
    typeof trail === "string" &&
    Number.isSafeInteger(sequence) &&
    (sequence as number) > 0 &&
    typeof hash === "string" &&
    typeof previous === "string"
  );
}
