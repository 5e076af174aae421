import { Type, type Static } from "typebox";
import { CommandError } from "../command-line/command.ts";
import { AssessmentDetailSchema } from "./assessments.ts";
import { callApi, type Api } from "./call-api.ts";

const TextOrNull = Type.Union([Type.String(), Type.Null()]);

const summary = {
  id: Type.String(),
  name: Type.String(),
  current_run: Type.Union([
    Type.Object({ id: Type.String(), status: Type.String(), message: Type.String() }),
    Type.Null(),
  ]),
  /** Image uses by status. */
  images: Type.Record(Type.String(), Type.Integer()),
  /** `healthy`, `drifted`, `checks-failed`, `unknown` or `off`. */
  health: Type.String(),
  last_assessment_at: TextOrNull,
  next_assessment_at: TextOrNull,
  follow: Type.String(),
  open_alerts: Type.Integer(),
};

const WorkspaceSummarySchema = Type.Object(summary);
export type WorkspaceSummary = Static<typeof WorkspaceSummarySchema>;

const WorkspaceDetailSchema = Type.Object({
  ...summary,
  follows: Type.Array(
    Type.Object({
      bucket: Type.String(),
      channel: Type.String(),
      version_read: TextOrNull,
      version_now: TextOrNull,
    }),
  ),
  image_checks: Type.Array(
    Type.Object({
      kind: Type.String(),
      /** `pass`, `fail`, `unknown` or `off`. */
      status: Type.String(),
      message: Type.String(),
    }),
  ),
});
export type WorkspaceDetail = Static<typeof WorkspaceDetailSchema>;

const WorkspaceHealthSchema = Type.Object({
  reason: TextOrNull,
  latest: Type.Union([AssessmentDetailSchema, Type.Null()]),
});
export type WorkspaceHealth = Static<typeof WorkspaceHealthSchema>;

const PageSchema = Type.Object({ workspaces: Type.Array(WorkspaceSummarySchema), next: TextOrNull });

/** Every workspace, by name; `q`: only those with this in their name. */
export async function listWorkspaces(api: Api, question: { readonly q?: string } = {}): Promise<WorkspaceSummary[]> {
  const workspaces: WorkspaceSummary[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ ...question, limit: "1000", ...(after === null ? {} : { after }) });
    const page: Static<typeof PageSchema> = await callApi(api, { path: `/workspaces?${query.toString()}` }, PageSchema);
    workspaces.push(...page.workspaces);
    after = page.next;
  } while (after !== null);
  return workspaces;
}

/** The workspace with this name or id. Throws CommandError when there is none, with names that look like it. */
export async function findWorkspace(
  api: Api,
  nameOrId: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const similar = await listWorkspaces(api, { q: nameOrId });
  const named = similar.find((workspace) => workspace.name === nameOrId);
  if (named !== undefined) return named;
  if (/^ws-[A-Za-z0-9]{16}$/.test(nameOrId)) return readWorkspace(api, nameOrId);
  const hint = similar.slice(0, 5).map((workspace) => workspace.name);
  throw new CommandError(
    `There is no workspace ${JSON.stringify(nameOrId)} that you may see${hint.length === 0 ? "" : `; there is ${hint.join(", ")}`}. \`ingot status\` lists them all.`,
  );
}

export async function readWorkspace(api: Api, id: string): Promise<WorkspaceDetail> {
  return callApi(api, { path: `/workspaces/${encodeURIComponent(id)}` }, WorkspaceDetailSchema);
}

export async function readHealth(api: Api, workspaceId: string): Promise<WorkspaceHealth> {
  return callApi(api, { path: `/workspaces/${encodeURIComponent(workspaceId)}/health` }, WorkspaceHealthSchema);
}
