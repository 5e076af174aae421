import type { Db, Tx } from "../../db/database.ts";
import { findProjectsInOrganization } from "../projects/index.ts";
import { findWorkspacesInOrganization } from "../workspaces/index.ts";
import type { MemberKind, PolicySetMembers } from "./policy-set.ts";

/** What each of these sets gathers and where it applies, by set. Three statements. */
export async function loadMembers(db: Db, setIds: readonly string[]): Promise<ReadonlyMap<string, PolicySetMembers>> {
  const members = new Map(setIds.map((id) => [id, emptyMembers()]));
  if (setIds.length === 0) return members;
  const policies = await db
    .selectFrom("policy_set_policies")
    .selectAll()
    .where("policy_set_id", "in", setIds)
    .orderBy("policy_id")
    .execute();
  for (const row of policies) members.get(row.policy_set_id)?.policyIds.push(row.policy_id);
  const workspaces = await db
    .selectFrom("policy_set_workspaces")
    .selectAll()
    .where("policy_set_id", "in", setIds)
    .orderBy("workspace_id")
    .execute();
  for (const row of workspaces) {
    const of = members.get(row.policy_set_id);
    (row.excluded === 1 ? of?.excludedWorkspaceIds : of?.workspaceIds)?.push(row.workspace_id);
  }
  const projects = await db
    .selectFrom("policy_set_projects")
    .innerJoin("projects", "projects.id", "policy_set_projects.project_id")
    .select(["policy_set_id", "excluded", "projects.external_id"])
    .where("policy_set_id", "in", setIds)
    .orderBy("projects.external_id")
    .execute();
  for (const row of projects) {
    const of = members.get(row.policy_set_id);
    (row.excluded === 1 ? of?.excludedProjectIds : of?.projectIds)?.push(row.external_id);
  }
  return members;
}

type Growing = { -readonly [K in keyof PolicySetMembers]: string[] };

function emptyMembers(): Growing {
  return { policyIds: [], workspaceIds: [], excludedWorkspaceIds: [], projectIds: [], excludedProjectIds: [] };
}

/** Adds what is not there yet. `ids` are of the set's organization, projects by their own ids rather than `prj-…`. */
export async function addMembers(tx: Tx, setId: string, kind: MemberKind, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const excluded = kind === "workspace-exclusions" || kind === "project-exclusions" ? 1 : 0;
  if (kind === "policies") {
    const rows = ids.map((id) => ({ policy_set_id: setId, policy_id: id }));
    await tx
      .insertInto("policy_set_policies")
      .values(rows)
      .onConflict((c) => c.doNothing())
      .execute();
  } else if (kind === "workspaces" || kind === "workspace-exclusions") {
    const rows = ids.map((id) => ({ policy_set_id: setId, workspace_id: id, excluded }));
    await tx
      .insertInto("policy_set_workspaces")
      .values(rows)
      .onConflict((c) => c.doNothing())
      .execute();
  } else {
    const rows = ids.map((id) => ({ policy_set_id: setId, project_id: id, excluded }));
    await tx
      .insertInto("policy_set_projects")
      .values(rows)
      .onConflict((c) => c.doNothing())
      .execute();
  }
}

/** Removes what is there; `ids` as for adding. */
export async function removeMembers(tx: Tx, setId: string, kind: MemberKind, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const excluded = kind === "workspace-exclusions" || kind === "project-exclusions" ? 1 : 0;
  if (kind === "policies") {
    await tx
      .deleteFrom("policy_set_policies")
      .where("policy_set_id", "=", setId)
      .where("policy_id", "in", ids)
      .execute();
  } else if (kind === "workspaces" || kind === "workspace-exclusions") {
    await tx
      .deleteFrom("policy_set_workspaces")
      .where("policy_set_id", "=", setId)
      .where("excluded", "=", excluded)
      .where("workspace_id", "in", ids)
      .execute();
  } else {
    await tx
      .deleteFrom("policy_set_projects")
      .where("policy_set_id", "=", setId)
      .where("excluded", "=", excluded)
      .where("project_id", "in", ids)
      .execute();
  }
}

/** Removes the places of a set that has become global. */
export async function removePlaces(tx: Tx, setId: string): Promise<void> {
  await tx.deleteFrom("policy_set_workspaces").where("policy_set_id", "=", setId).where("excluded", "=", 0).execute();
  await tx.deleteFrom("policy_set_projects").where("policy_set_id", "=", setId).where("excluded", "=", 0).execute();
}

/** Those of these ids that are of the organization, as members are stored. */
export async function findMemberIds(
  db: Db,
  organizationId: string,
  kind: MemberKind,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  if (kind === "policies") {
    const rows = await db
      .selectFrom("code_policies")
      .select("id")
      .where("organization_id", "=", organizationId)
      .where("id", "in", ids)
      .execute();
    return rows.map((row) => row.id);
  }
  const found =
    kind === "workspaces" || kind === "workspace-exclusions"
      ? await findWorkspacesInOrganization(db, organizationId, ids)
      : await findProjectsInOrganization(db, organizationId, ids);
  return found.map(({ id }) => id);
}
