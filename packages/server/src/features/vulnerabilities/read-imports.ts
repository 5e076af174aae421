import type { Db } from "../../db/database.ts";
import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { importNotFound, type AdvisoryImport } from "./advisory-import.ts";
import { findImport } from "./import-store.ts";

/** An import of the actor's organization. Errors: not_found/import_not_found. */
export async function getImport(db: Db, actor: Actor, id: string): Promise<AdvisoryImport> {
  checkOrganizationWide(actor);
  const found = await findImport(db, id);
  if (found === undefined || found.organizationId !== actor.organizationId) throw importNotFound();
  return found;
}
