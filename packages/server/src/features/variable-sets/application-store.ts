import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { findProjectsInOrganization } from "../projects/index.ts";
import { findWorkspacesInOrganization } from "../workspaces/index.ts";

/** Something that a set can be applied to, by the id in our tables and the one that clients know. */
export interface Target {
  readonly id: string;
  readonly externalId: string;
  /** Its project; a project's own id. */
  readonly projectId: string;
}

export type TargetKind = "workspaces" | "projects";

/** Those of the organization, in any order; others are absent. */
export async function findTargets(
  db: Db,
  kind: TargetKind,
  organizationId: string,
  externalIds: readonly string[],
): Promise<Target[]> {
  if (kind === "projects") {
    const projects = await findProjectsInOrganization(db, organizationId, externalIds);
    return projects.map((project) => ({ ...project, projectId: project.id }));
  }
  const workspaces = await findWorkspacesInOrganization(db, organizationId, externalIds);
  return workspaces.map((workspace) => ({ ...workspace, externalId: workspace.id }));
}

/** Applying a set twice is applying it once. */
export async function applyTo(tx: Tx, setId: string, kind: TargetKind, ids: readonly string[]): Promise<void> {
  await inChunks(ids, async (chunk) => {
    if (kind === "workspaces") {
      await tx
        .insertInto("variable_set_workspaces")
        .values(chunk.map((id) => ({ variable_set_id: setId, workspace_id: id })))
        .onConflict((c) => c.doNothing())
        .execute();
    } else {
      await tx
        .insertInto("variable_set_projects")
        .values(chunk.map((id) => ({ variable_set_id: setId, project_id: id })))
        .onConflict((c) => c.doNothing())
        .execute();
    }
    return [];
  });
}

/** Null: from all. */
export async function removeFrom(
  tx: Tx,
  setId: string,
  kind: TargetKind,
  ids: readonly string[] | null,
): Promise<void> {
  if (ids?.length === 0) return;
  if (kind === "workspaces") {
    await tx
      .deleteFrom("variable_set_workspaces")
      .where("variable_set_id", "=", setId)
      .$if(ids !== null, (q) => q.where("workspace_id", "in", ids as string[]))
      .execute();
  } else {
    await tx
      .deleteFrom("variable_set_projects")
      .where("variable_set_id", "=", setId)
      .$if(ids !== null, (q) => q.where("project_id", "in", ids as string[]))
      .execute();
  }
}

/** What sets are applied to, by the ids that clients know. */
export interface SetMembers {
  readonly workspaces: readonly string[];
  readonly projects: readonly string[];
  readonly variables: readonly string[];
}

// More than a page of a list could show in a readable way; who wants all of them asks for the workspaces of the set.
const membersMax = 10_000;

/** Of several sets at once. Three statements. */
export async function listMembers(db: Db, setIds: readonly string[]): Promise<ReadonlyMap<string, SetMembers>> {
  const members = new Map(
    setIds.map((id) => [id, { workspaces: [] as string[], projects: [] as string[], variables: [] as string[] }]),
  );
  if (setIds.length === 0) return members;
  const workspaces = await db
    .selectFrom("variable_set_workspaces")
    .select(["variable_set_id", "workspace_id"])
    .where("variable_set_id", "in", setIds)
    .orderBy("workspace_id")
    .limit(membersMax)
    .execute();
  for (const row of workspaces) members.get(row.variable_set_id)?.workspaces.push(row.workspace_id);
  const projects = await db
    .selectFrom("variable_set_projects")
    .innerJoin("projects", "projects.id", "variable_set_projects.project_id")
    .select(["variable_set_id", "external_id"])
    .where("variable_set_id", "in", setIds)
    .orderBy("external_id")
    .limit(membersMax)
    .execute();
  for (const row of projects) members.get(row.variable_set_id)?.projects.push(row.external_id);
  const variables = await db
    .selectFrom("variable_set_variables")
    .select(["id", "variable_set_id"])
    .where("variable_set_id", "in", setIds)
    .orderBy("created_at")
    .orderBy("id")
    .limit(membersMax)
    .execute();
  for (const row of variables) members.get(row.variable_set_id)?.variables.push(row.id);
  return members;
}
