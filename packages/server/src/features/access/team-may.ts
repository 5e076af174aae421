import type { Db } from "../../db/database.ts";
import { may, type Actor, type Where } from "./actor.ts";
import { loadGrants } from "./grant-store.ts";
import type { Permission } from "./permissions.ts";

/** Whether a team has the permission there, by its access, its flags or roles: what every one of its members may at least. */
export async function teamMay(db: Db, teamId: string, permission: Permission, where: Where): Promise<boolean> {
  const { grants } = await loadGrants(db, teamId);
  const team: Actor = {
    kind: "team",
    id: teamId,
    name: "",
    organizationId: where.organizationId,
    grants,
    needs: null,
    workspaceId: null,
    runId: null,
  };
  return may(team, permission, where);
}
