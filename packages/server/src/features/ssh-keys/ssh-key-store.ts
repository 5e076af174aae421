import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";

/** A private key with which runs fetch modules from repositories. Its text never leaves but to a run. */
export interface SshKey {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly createdAt: Millis;
}

interface SshKeyRow {
  id: string;
  organization_id: string;
  name: string;
  created_at: number;
}

function toSshKey(row: SshKeyRow): SshKey {
  return { id: row.id, organizationId: row.organization_id, name: row.name, createdAt: row.created_at };
}

const shown = ["id", "organization_id", "name", "created_at"] as const;

function contextOf(id: string): string {
  return `ssh-key:${id}`;
}

/** Throws a unique violation for a name that is taken. */
export async function insertSshKey(db: Db, sealer: Sealer, key: SshKey, value: string): Promise<void> {
  await db
    .insertInto("ssh_keys")
    .values({
      id: key.id,
      organization_id: key.organizationId,
      name: key.name,
      sealed_value: sealText(sealer, value, contextOf(key.id)),
      created_at: key.createdAt,
    })
    .execute();
}

/** Throws a unique violation for a name that is taken. */
export async function updateSshKey(
  db: Db,
  sealer: Sealer,
  id: string,
  change: { readonly name?: string; readonly value?: string },
): Promise<void> {
  const columns = {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.value === undefined ? {} : { sealed_value: sealText(sealer, change.value, contextOf(id)) }),
  };
  if (Object.keys(columns).length === 0) return;
  await db.updateTable("ssh_keys").set(columns).where("id", "=", id).execute();
}

/** Workspaces that used it use none from then on. */
export async function deleteSshKeyRow(tx: Tx, id: string): Promise<void> {
  await tx.updateTable("workspaces").set({ ssh_key_id: null }).where("ssh_key_id", "=", id).execute();
  await tx.deleteFrom("ssh_keys").where("id", "=", id).execute();
}

export async function findSshKey(db: Db, id: string): Promise<SshKey | undefined> {
  const row = await db.selectFrom("ssh_keys").select(shown).where("id", "=", id).executeTakeFirst();
  return row && toSshKey(row);
}

/** Its text, for a run. */
export async function readSshKey(db: Db, sealer: Sealer, id: string): Promise<string | undefined> {
  const row = await db.selectFrom("ssh_keys").select("sealed_value").where("id", "=", id).executeTakeFirst();
  return row && openText(sealer, row.sealed_value, contextOf(id));
}

/** One page, by name. Two statements. */
export async function listSshKeys(db: Db, organizationId: string, page: Page): Promise<Paged<SshKey>> {
  const query = db.selectFrom("ssh_keys").where("organization_id", "=", organizationId);
  const rows = await query.select(shown).orderBy("name").limit(page.size).offset(offsetOf(page)).execute();
  const { total } = await query.select((e) => e.fn.countAll().as("total")).executeTakeFirstOrThrow();
  return { items: rows.map(toSshKey), total: Number(total) };
}
