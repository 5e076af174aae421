import { describe, expect, it } from "vitest";
import {
  actingWith,
  bucketScope,
  bucketsInScope,
  canSee,
  checkOrganizationWide,
  confineGrants,
  may,
  mayAnywhere,
  projectScope,
  type Actor,
  type Grant,
} from "./actor.ts";
import type { Role } from "./roles.ts";

const organizationId = "o";
const one = { organizationId, projectId: "one" };
const two = { organizationId, projectId: "two" };
const image = { ...one, bucketName: "image" };
const other = { ...one, bucketName: "other" };

function grant(role: Role, projectId: string | null = null, bucketName: string | null = null): Grant {
  return { role, organizationId, projectId, bucketName };
}

function anActor(...grants: Grant[]): Actor {
  return {
    kind: "user",
    id: "user-1",
    name: "ada",
    organizationId,
    grants,
    needs: null,
    workspaceId: null,
    runId: null,
  };
}

describe("a role", () => {
  it("at the organization reaches every project and bucket, and nothing of another organization", () => {
    const actor = anActor(grant("contributor"));
    for (const where of [{ organizationId }, one, two, image]) expect(may(actor, "registry:write", where)).toBe(true);
    expect(may(actor, "registry:write", { ...one, organizationId: "p" })).toBe(false);
  });

  it("at a project reaches its buckets, not other projects, and not the organization itself", () => {
    const actor = anActor(grant("admin", "one"));
    expect(may(actor, "registry:write", image)).toBe(true);
    expect(may(actor, "registry:read", two)).toBe(false);
    expect(may(actor, "notification:write", { organizationId })).toBe(false);
    expect(may(actor, "organization:read", { organizationId })).toBe(true);
  });

  it("at a bucket reaches nothing but that bucket, and the names of what it lies in", () => {
    const actor = anActor(grant("contributor", "one", "image"));
    expect(may(actor, "registry:write", image)).toBe(true);
    expect(may(actor, "registry:read", other)).toBe(false);
    expect(may(actor, "registry:read", one)).toBe(false);
    expect(may(actor, "workspace:read", one)).toBe(false);
    expect(may(actor, "project:read", one)).toBe(true);
  });

  it("adds to the others", () => {
    const actor = anActor(grant("viewer"), grant("contributor", "one", "image"));
    expect(may(actor, "registry:write", image)).toBe(true);
    expect(may(actor, "registry:write", other)).toBe(false);
    expect(may(actor, "registry:read", other)).toBe(true);
  });

  it.each(["policy:write", "principal:write"] as const)("at a bucket never gives %s", (permission) => {
    expect(may(anActor(grant("admin", "one", "image")), permission, image)).toBe(false);
    expect(mayAnywhere(anActor(grant("admin", "one", "image")), permission)).toBe(false);
    expect(may(anActor(grant("admin", "one")), permission, image)).toBe(true);
  });

  it.each(["project:create", "group:write", "runner:manage", "organization:write"] as const)(
    "below the organization never gives %s",
    (permission) => {
      expect(mayAnywhere(anActor(grant("admin", "one")), permission)).toBe(false);
      expect(mayAnywhere(anActor(grant("owner")), permission)).toBe(true);
    },
  );
});

describe("whoever manages a group", () => {
  const manager: Actor = { ...anActor(), managedGroups: ["g"] };

  it("changes that one, and neither makes nor deletes any", () => {
    expect(may(manager, "group:change", { organizationId, groupId: "g" })).toBe(true);
    expect(may(manager, "group:change", { organizationId, groupId: "h" })).toBe(false);
    expect(may(manager, "group:change", { organizationId })).toBe(false);
    expect(may(manager, "group:change", { organizationId: "p", groupId: "g" })).toBe(false);
    expect(may(manager, "group:write", { organizationId, groupId: "g" })).toBe(false);
    expect(mayAnywhere(manager, "group:change")).toBe(true);
    expect(mayAnywhere(manager, "group:write")).toBe(false);
    expect(() => checkOrganizationWide(actingWith(manager, "group:change"), "h")).toThrow("group:change");
  });

  it("may do nothing else by that", () => {
    for (const where of [one, image]) expect(may(manager, "project:read", where)).toBe(false);
    expect(projectScope(manager, "project:read")).toEqual([]);
  });
});

describe("the door of a place", () => {
  it("answers false where nothing can be seen, and refuses where only this cannot be done", () => {
    const actor = actingWith(anActor(grant("viewer", "one"), grant("contributor", "two")), "registry:write");
    expect(canSee(actor, two)).toBe(true);
    expect(() => canSee(actor, one)).toThrow(expect.objectContaining({ kind: "forbidden", code: "role_too_low" }));
    expect(canSee(actor, { organizationId, projectId: "three" })).toBe(false);
  });

  it("shows no contents to somebody who may only see that the project exists", () => {
    const actor = actingWith(anActor(grant("browser", "one"), grant("viewer", "two")), "workspace:read");
    expect(canSee(actor, one)).toBe(false);
    expect(canSee(actingWith(actor, "project:read"), one)).toBe(true);
  });

  it("of the organization is closed to a role at a project", () => {
    const actor = actingWith(anActor(grant("admin", "one")), "notification:write");
    expect(() => checkOrganizationWide(actor)).toThrow(expect.objectContaining({ code: "role_too_low" }));
    expect(() => checkOrganizationWide({ ...actor, grants: [grant("admin")] })).not.toThrow();
  });
});

describe("lists", () => {
  it("are of all projects, of those with the permission, or of none", () => {
    expect(projectScope(anActor(grant("viewer")), "run:read")).toBeNull();
    const actor = anActor(grant("viewer", "one"), grant("browser", "two"), grant("admin", "three", "image"));
    expect(projectScope(actor, "run:read")).toEqual(["one"]);
    expect(projectScope(actor, "project:read")).toEqual(["one", "two", "three"]);
  });

  it("of buckets are of the whole project, or of those with a role of their own", () => {
    expect(bucketScope(anActor(grant("viewer", "one")), one)).toBeNull();
    const actor = anActor(grant("viewer", "one", "image"), grant("contributor", "one", "image"));
    expect(bucketScope(actor, one)).toEqual(["image"]);
    expect(bucketScope(actor, two)).toBeUndefined();
    expect(bucketsInScope(actor, "registry:read").projects).toEqual([]);
    expect(bucketsInScope(actor, "registry:read").buckets).toContainEqual({ projectId: "one", name: "image" });
  });
});

it("a credential of one project is worth its principal's roles there, and no more", () => {
  const grants = [grant("viewer"), grant("admin", "two"), grant("contributor", "one", "image")];
  expect(confineGrants(grants, one)).toEqual([grant("viewer", "one"), grant("contributor", "one", "image")]);
});
