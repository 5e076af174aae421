import { canSee } from "../../features/access/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";

/** Everything this server does is done when its answer leaves, so whoever waits has waited enough. */
export function operationRoutes(): (Route & { readonly prefix: string })[] {
  return [
    {
      prefix: "/operation",
      method: "GET",
      path: "/2020-05-05/organizations/:organization_id/projects/:project_id/operations/:id/wait",
      needs: "project:read",
      audit: "OperationService_Wait",
      handle({ actor, params }) {
        const { organization_id: organizationId = "", project_id: projectId = "", id = "" } = params;
        // Operations of an organization have no project: a dash stands for it.
        const visible =
          projectId === "-" ? organizationId === actor.organizationId : canSee(actor, { organizationId, projectId });
        if (!visible || !/^[0-9a-f-]{36}$/.test(id)) {
          return Promise.reject(
            new DomainError("not_found", "operation_not_found", `The operation with identifier ${id} does not exist.`),
          );
        }
        return Promise.resolve(
          ok({
            operation: { id, state: "DONE", location: { organization_id: organizationId, project_id: projectId } },
          }),
        );
      },
    },
  ];
}
