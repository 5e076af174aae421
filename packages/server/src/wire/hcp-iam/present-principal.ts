import type { Actor } from "../../features/access/index.ts";

/** The model Principal of whoever calls. A run and a runner act for nobody in person: they are services. */
export function presentCaller(actor: Actor) {
  const { id, name, organizationId, projectId } = actor;
  return actor.kind === "user"
    ? { id, type: "PRINCIPAL_TYPE_USER", group_ids: [], user: { id, full_name: name } }
    : {
        id,
        type: "PRINCIPAL_TYPE_SERVICE",
        group_ids: [],
        service: { id, name, organization_id: organizationId, project_id: projectId ?? "" },
      };
}
