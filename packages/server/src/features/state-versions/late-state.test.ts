import { expect, it } from "vitest";
import { whyNotCurrent, type LateStateFacts } from "./late-state.ts";

const base = { id: "sv-base", serial: 4, lineage: "l", createdAt: 100 };
const own = { id: "sv-own", serial: 5, lineage: "l", createdAt: 300 };
const facts = { stateVersionId: null, startedAt: 200, isLocked: false } as const;

it.each<[string, LateStateFacts, number, boolean]>([
  ["follows the state that the run began with", { ...facts, current: base }, 5, true],
  ["is the first state of the workspace", { ...facts, current: undefined }, 1, true],
  ["goes on where the run's own snapshot ended", { ...facts, current: own, stateVersionId: "sv-own" }, 6, true],
  ["rewrites the run's own snapshot", { ...facts, current: own, stateVersionId: "sv-own" }, 5, true],
  ["is older than the run's own snapshot", { ...facts, current: own, stateVersionId: "sv-own" }, 4, false],
  ["has the serial that the run began with", { ...facts, current: base }, 4, false],
  ["comes after a state that somebody has written meanwhile", { ...facts, current: own }, 9, false],
  [
    "comes after another run's, on the run's own snapshot",
    { ...facts, current: own, stateVersionId: "sv-x" },
    9,
    false,
  ],
  ["comes while the workspace is locked", { ...facts, current: base, isLocked: true }, 5, false],
  [
    "comes when the run's own snapshot was deleted",
    { ...facts, current: undefined, stateVersionId: "sv-own" },
    6,
    false,
  ],
  ["has another lineage", { ...facts, current: { ...base, lineage: "other" } }, 5, false],
])("a late state that %s", (_what, seen, serial, mayBeCurrent) => {
  const reason = whyNotCurrent({ serial, lineage: "l" }, seen);
  expect(reason === null).toBe(mayBeCurrent);
});
