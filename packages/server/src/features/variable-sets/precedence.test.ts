import { describe, expect, it } from "vitest";
import type { Variable } from "../variables/index.ts";
import { effectiveVariables, rankOf, type Application, type AppliedVariable } from "./precedence.ts";

const nowhere: Application = {
  global: false,
  priority: false,
  toWorkspace: false,
  toProject: false,
  ownedByProject: false,
};

const content = {
  key: "region",
  category: "terraform",
  description: "",
  hcl: false,
  sensitive: false,
  versionId: "v",
  createdAt: 0,
} as const;

function own(value: string, more: Partial<Variable> = {}): Variable {
  return { ...content, id: `own-${value}`, workspaceId: "ws-1", value, ...more };
}

function ofSet(
  setName: string,
  application: Partial<Application>,
  more: Partial<AppliedVariable> = {},
): AppliedVariable {
  return {
    ...content,
    id: `var-${setName}`,
    variableSetId: `varset-${setName}`,
    setName,
    value: setName,
    application: { ...nowhere, ...application },
    ...more,
  };
}

describe("the rank of a variable set", () => {
  it.each<[number, Partial<Application>]>([
    [1, { global: true, priority: true }],
    [2, { toProject: true, priority: true }],
    [3, { toWorkspace: true, priority: true }],
    [4, { toProject: true, priority: true, ownedByProject: true }],
    [5, { toWorkspace: true, priority: true, ownedByProject: true }],
    [9, { toWorkspace: true, ownedByProject: true }],
    [10, { toProject: true, ownedByProject: true }],
    [11, { toWorkspace: true }],
    [12, { toProject: true }],
    [13, { global: true }],
  ])("is %d for %j", (rank, application) => {
    expect(rankOf({ ...nowhere, ...application })).toBe(rank);
  });

  it("is the winning one of several", () => {
    expect(rankOf({ ...nowhere, toWorkspace: true, toProject: true })).toBe(11);
    expect(rankOf({ ...nowhere, toWorkspace: true, toProject: true, priority: true })).toBe(2);
  });
});

describe("what counts for a workspace", () => {
  it("is the workspace's own value over every set without priority", () => {
    const sets = [ofSet("a", { toWorkspace: true, ownedByProject: true }), ofSet("b", { global: true })];
    expect(effectiveVariables([own("mine")], sets)).toMatchObject([{ value: "mine", wins: false }]);
  });

  it("is the value of a set with priority over the workspace's own, and over those of runs", () => {
    const sets = [
      ofSet("narrow", { toWorkspace: true, priority: true }),
      ofSet("wide", { global: true, priority: true }),
    ];
    expect(effectiveVariables([own("mine")], sets)).toMatchObject([{ value: "wide", wins: true }]);
  });

  it("is the set with the smaller name among equals, by code points", () => {
    const first = ofSet("｡", { global: true });
    const second = ofSet("😀", { global: true });
    expect(effectiveVariables([], [second, first])).toMatchObject([{ value: "｡" }]);
    expect(effectiveVariables([], [first, second])).toMatchObject([{ value: "｡" }]);
  });

  it("is apart for each category", () => {
    const found = effectiveVariables([own("mine")], [ofSet("a", { global: true }, { category: "env" })]);
    expect(found.map(({ category, value }) => [category, value])).toEqual([
      ["env", "a"],
      ["terraform", "mine"],
    ]);
  });
});
