import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { WorkspaceResources } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { StateResource } from "./resources-of-state.ts";

/** A resource of a workspace's current state. */
export interface WorkspaceResource extends Omit<StateResource, "digest" | "providerSource"> {
  readonly id: string;
  /** The state version that changed it last. */
  readonly modifiedByStateVersionId: string;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

function toResource(row: Selectable<WorkspaceResources>): WorkspaceResource {
  return {
    id: row.id,
    address: row.address,
    name: row.name,
    module: row.module,
    provider: row.provider,
    providerType: row.provider_type,
    nameIndex: row.name_index,
    modifiedByStateVersionId: row.modified_by_state_version_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Makes these the workspace's resources; what did not change keeps its row. The caller has locked the workspace. */
export async function replaceResources(
  tx: Tx,
  workspaceId: string,
  stateVersionId: string,
  resources: readonly StateResource[],
  now: Millis,
): Promise<void> {
  const rows = await tx
    .selectFrom("workspace_resources")
    .select(["id", "address", "digest", "created_at"])
    .where("workspace_id", "=", workspaceId)
    .execute();
  const known = new Map(rows.map((row) => [row.address, row]));
  // Two instances with one address do not happen; the last would count.
  const wanted = new Map(resources.map((resource) => [resource.address, resource]));
  const changed = [...wanted.values()].filter(({ address, digest }) => known.get(address)?.digest !== digest);
  const obsolete = rows.filter(({ address, digest }) => wanted.get(address)?.digest !== digest);
  await inChunks(obsolete, async (chunk) => {
    const ids = chunk.map((row) => row.id);
    await tx.deleteFrom("workspace_resources").where("id", "in", ids).execute();
    return [];
  });
  await inChunks(
    changed,
    async (chunk) => {
      await tx
        .insertInto("workspace_resources")
        .values(
          chunk.map((resource) => ({
            id: known.get(resource.address)?.id ?? newExternalId("wsr"),
            workspace_id: workspaceId,
            address: resource.address,
            name: resource.name,
            module: resource.module,
            provider: resource.provider,
            provider_type: resource.providerType,
            name_index: resource.nameIndex,
            digest: resource.digest,
            modified_by_state_version_id: stateVersionId,
            created_at: known.get(resource.address)?.created_at ?? now,
            updated_at: now,
          })),
        )
        .execute();
      return [];
    },
    500,
  );
}

/** One page, by address. Two statements. */
export async function listWorkspaceResources(
  db: Db,
  workspaceId: string,
  page: Page,
): Promise<Paged<WorkspaceResource>> {
  const query = db.selectFrom("workspace_resources").where("workspace_id", "=", workspaceId);
  const rows = await query.selectAll().orderBy("address").limit(page.size).offset(offsetOf(page)).execute();
  const { total } = await query.select((e) => e.fn.countAll().as("total")).executeTakeFirstOrThrow();
  return { items: rows.map(toResource), total: Number(total) };
}
