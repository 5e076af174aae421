import type { Actor } from "../../features/access/index.ts";
import { latestAssessments } from "../../features/assessments/index.ts";
import { listTags, type Workspace } from "../../features/workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import type { Resource } from "./json-api.ts";
import { presentWorkspace } from "./present-workspace.ts";

/** Workspaces with what belongs to them, in their order. Two statements for any number. */
export async function loadWorkspaces(db: Db, workspaces: readonly Workspace[], actor: Actor): Promise<Resource[]> {
  const ids = workspaces.map((workspace) => workspace.id);
  const tags = await listTags(db, ids);
  const assessments = await latestAssessments(db, ids);
  return workspaces.map((workspace) =>
    presentWorkspace(workspace, tags.get(workspace.id) ?? [], assessments.get(workspace.id), actor),
  );
}
