import { expect, it } from "vitest";
import { mayUse } from "./agent-pool-check.ts";
import type { PoolForUser } from "./agent-pool-store.ts";

const closed: PoolForUser = {
  organizationId: "o",
  name: "pool",
  organizationScoped: false,
  allowsWorkspace: false,
  allowsProject: false,
  excludesWorkspace: false,
};

it.each([
  ["a pool that allows nobody", {}, false],
  ["one of the whole organization", { organizationScoped: true }, true],
  ["one that allows the workspace", { allowsWorkspace: true }, true],
  ["one that allows its project", { allowsProject: true }, true],
  ["one that allows its project, without it", { allowsProject: true, excludesWorkspace: true }, false],
  ["one of the organization, without it", { organizationScoped: true, excludesWorkspace: true }, false],
] as const)("%s may be used: %j gives %s", (_name, more, expected) => {
  expect(mayUse({ ...closed, ...more })).toBe(expected);
});
