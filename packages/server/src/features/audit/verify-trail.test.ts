import { describe, expect, it } from "vitest";
import { chainAct, emptyTrail, presentRecord, type AuditRecordView, type TrailHead } from "./chain.ts";
import { anAct } from "./testing/an-act.ts";
import { createTrailVerifier, type KnownHead, type Verdict } from "./verify-trail.ts";

function aTrail(length: number, trail = "org"): AuditRecordView[] {
  let head: TrailHead = emptyTrail(trail);
  return Array.from({ length }, (_, i) => {
    const { record } = chainAct(head, anAct({ organizationId: trail, detail: { number: i } }), 1000 + i);
    head = record;
    return presentRecord(record);
  });
}

function verify(views: readonly unknown[], known: readonly KnownHead[] = []): Verdict {
  const verifier = createTrailVerifier(known);
  for (const view of views) verifier.add(view);
  return verifier.end();
}

const headOf = ({ trail, sequence, hash }: AuditRecordView): KnownHead => ({ trail, sequence, hash });

describe("verifying a trail", () => {
  const trail = aTrail(6);
  const at = (i: number) => trail[i] as AuditRecordView;

  it("accepts what was recorded, in as many trails as there are, also when it was written anew by a JSON tool", () => {
    const other = aTrail(3, "other");
    const mixed = [at(0), other[0], at(1), other[1], at(2), other[2]];
    const anew = mixed.map((view) => Object.fromEntries(Object.entries(view ?? {}).toReversed()));
    expect(verify(anew)).toMatchObject({
      whole: true,
      trails: [
        { trail: "org", records: 3, first: 1, last: 3 },
        { trail: "other", records: 3 },
      ],
    });
  });

  it("hashes what RFC 8785 makes of a record without its hash", () => {
    expect(at(0).hash).toMatch(/^[0-9a-f]{64}$/);
    expect(at(0).previous_hash).toBe("0".repeat(64));
    expect(at(1).previous_hash).toBe(at(0).hash);
  });

  const changed = { ...at(2), actor: { ...at(2).actor, name: "somebody else" } };
  const rehashed = (() => {
    const { record } = chainAct(
      { trail: "org", sequence: 2, hash: at(1).hash, at: 0 },
      anAct({ detail: { number: "made up" } }),
      1002,
    );
    return presentRecord(record);
  })();
  it.each<[string, unknown[], number, RegExp]>([
    ["a changed record", [at(0), at(1), changed, at(3)], 3, /was changed/],
    ["a member that was added", [at(0), { ...at(1), note: "x" }], 2, /was changed/],
    ["a member that was taken away", [at(0), { ...at(1), detail: undefined }], 2, /was changed/],
    ["a record that was replaced with its hash", [at(0), at(1), rehashed, at(3)], 4, /replaced/],
    ["a record that is missing in the middle", [at(0), at(1), at(3)], 3, /missing/],
    ["two records in the other order", [at(0), at(2), at(1)], 2, /missing/],
    ["an old record that was slipped in again, changed", [at(0), at(1), at(2), { ...at(1), hash: "x" }], 4, /changed/],
    ["another first record", [rehashed, at(0)], 2, /order/],
    ["a line that is no record", [at(0), "text"], 2, /not an audit record/],
  ])("finds %s", (_what, views, position, reason) => {
    const verdict = verify(views);
    expect(verdict).toMatchObject({ whole: false, broken: { position } });
    expect(verdict.whole ? "" : verdict.broken.reason).toMatch(reason);
  });

  it("finds a cut-off end by a head that was written down before", () => {
    expect(verify(trail.slice(0, 4))).toMatchObject({ whole: true });
    expect(verify(trail.slice(0, 4), [headOf(at(3))])).toMatchObject({ whole: true });
    expect(verify(trail.slice(0, 4), [headOf(at(5))])).toMatchObject({
      whole: false,
      broken: { position: 5, sequence: 5, reason: expect.stringContaining("cut off") },
    });
    expect(verify([], [{ trail: "new", sequence: 0, hash: "" }])).toMatchObject({ whole: true });
    expect(verify([], [headOf(at(0))])).toMatchObject({ whole: false });
  });

  it("finds a trail that was made anew from the beginning by a head that was written down before", () => {
    const forged = aTrail(6);
    expect(verify(forged)).toMatchObject({ whole: true });
    expect(verify(forged, [headOf(at(5))])).toMatchObject({ whole: false, broken: { position: 6 } });
  });

  it("takes a part of a trail for what it is, and what a stream sent twice once", () => {
    expect(verify(trail.slice(2))).toMatchObject({ whole: true, trails: [{ first: 3, last: 6 }] });
    expect(verify([at(0), at(1), at(2), at(1), at(2), at(3)])).toMatchObject({
      whole: true,
      repeated: 2,
      trails: [{ records: 4 }],
    });
  });
});
