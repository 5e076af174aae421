import { Type, type Static } from "typebox";
import { may, projectLevels, workspaceLevels, type Actor, type Permission } from "../../features/access/index.ts";
import { findProject, projectNotFound } from "../../features/projects/index.ts";
import {
  addTeamAccess,
  listTeamAccess,
  removeTeamAccess,
  updateTeamAccess,
  type AccessTarget,
  type TeamAccess,
} from "../../features/team-access/index.ts";
import { findTeamNames } from "../../features/teams/index.ts";
import { findWorkspace } from "../../features/workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Call, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { numberedPageOf, numberedPageQuery, Total } from "./numbered-page.ts";

const Level = Type.Enum(["read", "plan", "write", "maintain", "admin", "custom"]);

const TeamAccessSchema = Type.Object({
  id: Type.String(),
  team: Type.Object({ id: Type.String(), name: Type.String() }),
  level: Level,
});
export type TeamAccessView = Static<typeof TeamAccessSchema>;

const TeamAccessListSchema = Type.Object({
  team_access: Type.Array(TeamAccessSchema),
  total: Total,
  levels: Type.Array(Level, { description: "what can be given here" }),
  can_change: Type.Boolean(),
});
export type TeamAccessListView = Static<typeof TeamAccessListSchema>;

const place = {
  workspace: Type.Optional(Type.String({ maxLength: 64, description: "its id" })),
  project: Type.Optional(Type.String({ maxLength: 64, description: "its id; either this or a workspace" })),
};
const ListQuery = Type.Object({ ...place, ...numberedPageQuery }, { additionalProperties: false });
// A custom level is made of details that the API of HCP Terraform has words for.
const given = Type.Enum(["read", "plan", "write", "maintain", "admin"]);
const CreateBody = Type.Object(
  { ...place, team_id: Type.String({ maxLength: 64 }), level: given },
  { additionalProperties: false },
);
const UpdateBody = Type.Object({ level: given }, { additionalProperties: false });

/** Which team may do what at a project or at a workspace, apart from what it may do in the whole organization. */
export function teamAccessRoutes(deps: ConsoleDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/team-access",
      needs: "team:read",
      audit: "team-access.list",
      doc: { summary: "Which teams have access to a project or a workspace", reply: TeamAccessListSchema },
      query: ListQuery,
      handle: async ({ actor, query }) => {
        const { workspace, project, ...page } = query as Static<typeof ListQuery>;
        const target = targetOf({ workspace, project });
        const found = await listTeamAccess(deps.db, actor, target, numberedPageOf(page));
        const list: TeamAccessListView = {
          team_access: await present(deps.db, found.items),
          total: found.total,
          levels: levelsOf(target.kind),
          can_change: await mayChange(deps.db, actor, target),
        };
        return ok(list);
      },
    },
    {
      method: "POST",
      path: "/team-access",
      needs: "team:read",
      audit: "team-access.create",
      doc: { summary: "Give a team access", reply: TeamAccessSchema, status: 201 },
      body: CreateBody,
      handle: async ({ actor, body }) => {
        const { team_id: teamId, level, ...where } = body as Static<typeof CreateBody>;
        const target = targetOf(where);
        checkLevel(target.kind, level);
        const access = await addTeamAccess(deps, actor, { teamId, target, level, details: {} });
        return { status: 201, body: (await present(deps.db, [access]))[0] };
      },
    },
    {
      method: "PATCH",
      path: "/team-access/:access_id",
      needs: "team:read",
      audit: "team-access.update",
      doc: { summary: "Give a team another level of access", reply: TeamAccessSchema },
      body: UpdateBody,
      handle: async (call) => {
        const { level } = call.body as Static<typeof UpdateBody>;
        const { kind, id } = accessOf(call);
        checkLevel(kind, level);
        const access = await updateTeamAccess(deps, call.actor, kind, id, { level, details: {} });
        return ok((await present(deps.db, [access]))[0]);
      },
    },
    {
      method: "DELETE",
      path: "/team-access/:access_id",
      needs: "team:read",
      audit: "team-access.delete",
      doc: { summary: "Take access away from a team", status: 204 },
      handle: async (call) => {
        const { kind, id } = accessOf(call);
        await removeTeamAccess(deps, call.actor, kind, id);
        return { status: 204 };
      },
    },
  ];
}

/** Errors: invalid/team_access_place. */
function targetOf(where: {
  readonly workspace?: string | undefined;
  readonly project?: string | undefined;
}): AccessTarget {
  const { workspace, project } = where;
  if (workspace !== undefined && project === undefined) return { kind: "workspace", id: workspace };
  if (project !== undefined && workspace === undefined) return { kind: "project", id: project };
  throw new DomainError("invalid", "team_access_place", "Name a workspace or a project, and not both.");
}

/** An id says what the access is to: `tws-…` or `tprj-…`. */
function accessOf(call: Call): { readonly kind: AccessTarget["kind"]; readonly id: string } {
  const id = call.params["access_id"] ?? "";
  return { kind: id.startsWith("tprj-") ? "project" : "workspace", id };
}

function levelsOf(kind: AccessTarget["kind"]): TeamAccessListView["levels"] {
  const levels = Object.keys(kind === "workspace" ? workspaceLevels : projectLevels) as TeamAccessListView["levels"];
  return levels.filter((level) => level !== "custom");
}

/** Errors: invalid/team_access_level. */
function checkLevel(kind: AccessTarget["kind"], level: TeamAccessView["level"]): void {
  const levels = levelsOf(kind);
  if (levels.includes(level)) return;
  throw new DomainError("invalid", "team_access_level", `The level at a ${kind} is one of ${levels.join(", ")}.`);
}

const changes: Readonly<Record<AccessTarget["kind"], Permission>> = {
  workspace: "workspace-access:write",
  project: "policy:write",
};

/** As the feature checks it when somebody does. Errors: not_found/project_not_found. */
async function mayChange(db: Db, actor: Actor, { kind, id }: AccessTarget): Promise<boolean> {
  const found = kind === "workspace" ? await findWorkspace(db, id) : await findProject(db, id);
  if (found === undefined) throw projectNotFound(id);
  const { organizationId } = found;
  const where = "projectId" in found ? found : { organizationId, projectId: found.id };
  return may(actor, changes[kind], where);
}

/** Whoever may see who has access learns what the teams are called, also of a secret one. */
async function present(db: Db, accesses: readonly TeamAccess[]): Promise<TeamAccessView[]> {
  const names = await findTeamNames(
    db,
    accesses.map(({ teamId }) => teamId),
  );
  return accesses.map(({ id, teamId, level }) => ({
    id,
    team: { id: teamId, name: names.get(teamId) ?? "" },
    level: level as TeamAccessView["level"],
  }));
}
