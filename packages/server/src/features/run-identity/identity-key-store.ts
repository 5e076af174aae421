import type { JWK } from "jose";
import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";

/** A key that signs what runs are known by elsewhere. The private part is sealed. */
export interface IdentityKey {
  /** Its thumbprint (RFC 7638), which tokens name as `kid`. */
  readonly id: string;
  readonly publicKey: JWK;
  readonly createdAt: Millis;
}

/** The newest first. */
export async function listIdentityKeys(db: Db): Promise<IdentityKey[]> {
  const rows = await db
    .selectFrom("identity_keys")
    .select(["id", "public_key", "created_at"])
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({ id: row.id, publicKey: JSON.parse(row.public_key) as JWK, createdAt: row.created_at }));
}

export async function insertIdentityKey(db: Db, sealer: Sealer, key: IdentityKey, privateKey: JWK): Promise<void> {
  await db
    .insertInto("identity_keys")
    .values({
      id: key.id,
      public_key: JSON.stringify(key.publicKey),
      private_key: sealText(sealer, JSON.stringify(privateKey), contextOf(key.id)),
      created_at: key.createdAt,
    })
    .execute();
}

export async function readPrivateKey(db: Db, sealer: Sealer, id: string): Promise<JWK> {
  const row = await db.selectFrom("identity_keys").select("private_key").where("id", "=", id).executeTakeFirstOrThrow();
  return JSON.parse(openText(sealer, row.private_key, contextOf(id))) as JWK;
}

export async function deleteIdentityKey(db: Db, id: string): Promise<void> {
  await db.deleteFrom("identity_keys").where("id", "=", id).execute();
}

function contextOf(id: string): string {
  return `identity-key:${id}`;
}
