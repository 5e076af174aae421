import type { Db } from "../../db/database.ts";
import { may, type Actor } from "../access/index.ts";
import { importNotFound, type AdvisoryImport } from "./advisory-import.ts";
import { findImport } from "./import-store.ts";

/** An import of the actor's organization. Errors: not_found/import_not_found. */
export async function getImport(db: Db, actor: Actor, id: string): Promise<AdvisoryImport> {
  const found = may(actor, "advisory:read", { organizationId: actor.organizationId })
    ? await findImport(db, id)
    : undefined;
  if (found === undefined || found.organizationId !== actor.organizationId) throw importNotFound();
  return found;
}
