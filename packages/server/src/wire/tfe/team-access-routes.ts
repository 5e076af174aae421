import { Type, type TProperties } from "typebox";
import {
  parseProjectAccess,
  parseWorkspaceAccess,
  projectLevels,
  workspaceLevels,
  type ProjectLevel,
  type WorkspaceAccess,
  type WorkspaceLevel,
} from "../../features/access/index.ts";
import { findProject, findProjectByExternalId } from "../../features/projects/index.ts";
import {
  addTeamAccess,
  getTeamAccess,
  listTeamAccess,
  removeTeamAccess,
  teamAccessNotFound,
  updateTeamAccess,
  type AccessTarget,
  type TeamAccess,
} from "../../features/team-access/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  relatedId,
  relationTo,
  resourceBody,
  toOne,
  type Resource,
} from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const oneOf = (...words: string[]) => maybe(Type.Union(words.map((word) => Type.Literal(word))));
const flag = maybe(Type.Boolean());
const workspaceDetails = {
  runs: oneOf("read", "plan", "apply"),
  variables: oneOf("none", "read", "write"),
  "state-versions": oneOf("none", "read-outputs", "read", "write"),
  "sentinel-mocks": oneOf("none", "read"),
  "run-tasks": flag,
  "policy-overrides": flag,
};

/** One kind of place, as clients speak of it. */
interface Kind {
  readonly kind: AccessTarget["kind"];
  readonly type: "team-workspaces" | "team-projects";
  readonly attributes: TProperties;
  /** What is given of a custom level; what is not is undefined. */
  readonly detailsOf: (given: Readonly<Record<string, any>>) => Record<string, unknown>;
  readonly present: (access: TeamAccess) => Readonly<Record<string, unknown>>;
  /** The id within, of the id that clients use. */
  readonly find: (db: Db, id: string) => Promise<string | undefined>;
  readonly externalId: (db: Db, id: string) => Promise<string>;
}

const nullable = (value: unknown): unknown => value ?? undefined;

const ofWorkspace: Kind = {
  kind: "workspace",
  type: "team-workspaces",
  attributes: { access: oneOf(...Object.keys(workspaceLevels)), ...workspaceDetails, "workspace-locking": flag },
  detailsOf: (given) => ({
    runs: nullable(given["runs"]),
    variables: nullable(given["variables"]),
    stateVersions: nullable(given["state-versions"]),
    sentinelMocks: nullable(given["sentinel-mocks"]),
    workspaceLocking: nullable(given["workspace-locking"]),
    runTasks: nullable(given["run-tasks"]),
    policyOverrides: nullable(given["policy-overrides"]),
  }),
  present: ({ level, custom }) => {
    const details = level === "custom" ? parseWorkspaceAccess(custom) : workspaceLevels[level as WorkspaceLevel];
    return { ...presentDetails(details), "workspace-locking": details.workspaceLocking };
  },
  find: async (_db, id) => id,
  externalId: async (_db, id) => id,
};

const ofProject: Kind = {
  kind: "project",
  type: "team-projects",
  attributes: {
    access: oneOf(...Object.keys(projectLevels)),
    "project-access": maybe(
      Type.Object({
        settings: oneOf("read", "update", "delete"),
        teams: oneOf("none", "read", "manage"),
        "variable-sets": oneOf("none", "read", "write"),
      }),
    ),
    "workspace-access": maybe(
      Type.Object({ ...workspaceDetails, create: flag, move: flag, delete: flag, locking: flag }),
    ),
  },
  detailsOf: (given) => ({
    project: defined({
      settings: nullable(given["project-access"]?.settings),
      teams: nullable(given["project-access"]?.teams),
      variableSets: nullable(given["project-access"]?.["variable-sets"]),
    }),
    workspaces: defined({
      ...ofWorkspace.detailsOf({
        ...given["workspace-access"],
        "workspace-locking": given["workspace-access"]?.locking,
      }),
      create: nullable(given["workspace-access"]?.create),
      move: nullable(given["workspace-access"]?.move),
      delete: nullable(given["workspace-access"]?.delete),
    }),
  }),
  present: ({ level, custom }) => {
    const { project, workspaces } =
      level === "custom" ? parseProjectAccess(custom) : projectLevels[level as ProjectLevel];
    return {
      "project-access": {
        settings: project.settings,
        teams: project.teams,
        "variable-sets": project.variableSets,
      },
      "workspace-access": {
        ...presentDetails(workspaces),
        create: workspaces.create,
        move: workspaces.move,
        delete: workspaces.delete,
        locking: workspaces.workspaceLocking,
      },
    };
  },
  find: async (db, id) => (await findProjectByExternalId(db, id))?.id,
  externalId: async (db, id) => (await findProject(db, id))?.externalId ?? "",
};

/** Without what is undefined; undefined itself when nothing is left. */
function defined(details: Record<string, unknown>): Record<string, unknown> | undefined {
  const given = Object.entries(details).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function presentDetails(access: WorkspaceAccess): Readonly<Record<string, unknown>> {
  return {
    runs: access.runs,
    variables: access.variables,
    "state-versions": access.stateVersions,
    "sentinel-mocks": access.sentinelMocks,
    "run-tasks": access.runTasks,
    "policy-overrides": access.policyOverrides,
  };
}

/** What teams may do at workspaces and projects. Source: go-tfe team_access.go, team_project_access.go. */
export function teamAccessRoutes(deps: TfeDeps): Route[] {
  return [...routesOf(deps, ofWorkspace), ...routesOf(deps, ofProject)];
}

function routesOf(deps: TfeDeps, kind: Kind): Route[] {
  const body = resourceBody(kind.type, kind.attributes, {
    team: relationTo("teams"),
    [kind.kind]: relationTo(`${kind.kind}s`),
  });
  const present = async (access: TeamAccess): Promise<Resource> => ({
    id: access.id,
    type: kind.type,
    attributes: { access: access.level, ...kind.present(access) },
    relationships: {
      team: toOne("teams", access.teamId),
      [kind.kind]: toOne(`${kind.kind}s`, await kind.externalId(deps.db, access.target.id)),
    },
    links: { self: `/api/v2/${kind.type}/${access.id}` },
  });
  const targetOf = async (externalId: string): Promise<AccessTarget> => {
    const id = await kind.find(deps.db, externalId);
    if (id === undefined) throw teamAccessNotFound();
    return { kind: kind.kind, id };
  };
  const idOf = (call: Call): string => param(call, "team_access_id");
  const path = `/${kind.type}`;
  const audit = `team-${kind.kind}-access`;
  return [
    {
      method: "GET",
      path,
      needs: "authenticated",
      audit: `${audit}.list`,
      handle: async (call) => {
        const externalId = queryText(call, `filter[${kind.kind}][id]`);
        if (externalId === undefined || externalId === "") {
          throw new DomainError("invalid", "filter_missing", `Give filter[${kind.kind}][id].`);
        }
        const page = pageOf(call);
        const found = await listTeamAccess(deps.db, call.actor, await targetOf(externalId), page);
        const items = await Promise.all(found.items.map(present));
        return pageDocument(page, { items, total: found.total }, (resource) => resource);
      },
    },
    {
      method: "POST",
      path,
      needs: "authenticated",
      audit: `${audit}.create`,
      body,
      handle: async (call) => {
        const given = attributesOf<Record<string, unknown>>(call);
        const teamId = relatedId(call, "team");
        const externalId = relatedId(call, kind.kind);
        if (typeof given["access"] !== "string" || teamId === undefined || externalId === undefined) {
          throw new DomainError(
            "invalid",
            "team_access",
            `Give the attribute access and the relationships team and ${kind.kind}.`,
          );
        }
        const made = await addTeamAccess(deps, call.actor, {
          teamId,
          target: await targetOf(externalId),
          level: given["access"],
          details: kind.detailsOf(given),
        });
        return document(await present(made), [], 201);
      },
    },
    {
      method: "GET",
      path: `${path}/:team_access_id`,
      needs: "authenticated",
      audit: `${audit}.read`,
      handle: async (call) => document(await present(await getTeamAccess(deps.db, call.actor, kind.kind, idOf(call)))),
    },
    {
      method: "PATCH",
      path: `${path}/:team_access_id`,
      needs: "authenticated",
      audit: `${audit}.update`,
      body,
      handle: async (call) => {
        const given = attributesOf<Record<string, unknown>>(call);
        const level = given["access"];
        const change = {
          ...(typeof level === "string" ? { level } : {}),
          details: kind.detailsOf(given),
        };
        return document(await present(await updateTeamAccess(deps, call.actor, kind.kind, idOf(call), change)));
      },
    },
    {
      method: "DELETE",
      path: `${path}/:team_access_id`,
      needs: "authenticated",
      audit: `${audit}.delete`,
      handle: async (call) => {
        await removeTeamAccess(deps, call.actor, kind.kind, idOf(call));
        return { status: 204 };
      },
    },
  ];
}
