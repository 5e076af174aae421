import type { Actor } from "../../features/access/index.ts";

/** The model Principal of whoever calls. A run and a runner act for nobody in person: they are services.
 * `projectId` is where it belongs. */
export function presentCaller(actor: Actor, projectId: string | null) {
  const { id, name, organizationId } = actor;
  return actor.kind === "user"
    ? { id, type: "PRINCIPAL_TYPE_USER", group_ids: [], user: { id, full_name: name } }
    : {
        id,
        type: "PRINCIPAL_TYPE_SERVICE",
        group_ids: [],
        service: { id, name, organization_id: organizationId, project_id: projectId ?? "" },
      };
}
