import { Type, type Static } from "typebox";
import { callApi, type Api } from "./call-api.ts";

const TextOrNull = Type.Union([Type.String(), Type.Null()]);

const assessment = {
  id: Type.String(),
  workspace: Type.Object({ id: Type.String(), name: Type.String() }),
  /** `queued`, `running`, `finished`, `failed` or `canceled`. */
  status: Type.String(),
  finished_at: TextOrNull,
  error_message: TextOrNull,
};

const AttributeSchema = Type.Object({
  path: Type.String(),
  before: Type.Unknown(),
  after: Type.Unknown(),
  sensitive: Type.Boolean(),
  unknown: Type.Boolean(),
});

const ResourceSchema = Type.Object({
  address: Type.String(),
  kind: Type.String(),
  attributes: Type.Array(AttributeSchema),
});
export type ChangedResource = Static<typeof ResourceSchema>;

export const AssessmentDetailSchema = Type.Object({
  ...assessment,
  drift: Type.Array(Type.Object({ ...ResourceSchema.properties, since: Type.String() })),
  pending: Type.Array(ResourceSchema),
  checks: Type.Array(
    Type.Object({
      address: Type.String(),
      /** `pass`, `fail`, `error` or `unknown`. */
      status: Type.String(),
      problems: Type.Array(Type.String()),
      since: TextOrNull,
    }),
  ),
});
export type AssessmentDetail = Static<typeof AssessmentDetailSchema>;

const AssessmentSchema = Type.Object(assessment);
export type Assessment = Static<typeof AssessmentSchema>;

/** Throws CommandError with the server's reason when the workspace cannot be assessed now. */
export async function startAssessment(api: Api, workspaceId: string): Promise<Assessment> {
  const path = `/workspaces/${encodeURIComponent(workspaceId)}/assessments`;
  return callApi(api, { method: "POST", path }, AssessmentSchema);
}

export async function readAssessment(api: Api, id: string): Promise<AssessmentDetail> {
  return callApi(api, { path: `/assessments/${encodeURIComponent(id)}` }, AssessmentDetailSchema);
}
