import { may } from "../../features/access/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call } from "../shared/plane.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/**
 * Who runs the server: whoever may `installation:manage` in the organization that it was made with. To everybody else there
 * is no site administration, as the published API has it. Errors: not_found/not_found. See adr/0025.
 */
export async function checkInstallation(deps: Pick<TfeDeps, "db" | "isOfInstallation">, call: Call): Promise<void> {
  for (const organizationId of new Set(call.actor.grants.map((grant) => grant.organizationId))) {
    if (!may(call.actor, "installation:manage", { organizationId })) continue;
    if (await deps.isOfInstallation(deps.db, organizationId)) return;
  }
  throw new DomainError("not_found", "not_found", "There is nothing by this id, or you may not see it.");
}
