import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerConfig } from "../config/server-config.ts";
import type { Db } from "../db/database.ts";
import type { Millis } from "../platform/clock.ts";
import { DomainError } from "../platform/errors.ts";
import { createSealer, type Sealer } from "../platform/sealing.ts";
import { readIfThere, writePrivateFile } from "./private-files.ts";

/** The key that wraps all others: from the configuration, or from a file (0600) that the first start makes. */
export async function loadMasterKey(config: ServerConfig): Promise<Buffer> {
  if (config["master-key"] !== undefined) return decodeKey(config["master-key"], "master-key");
  const given = config["master-key-file"];
  if (given !== undefined) return decodeKey(await readFile(given, "utf8"), given);
  const path = join(config["data-dir"], "master.key");
  const existing = await readIfThere(path);
  if (existing !== undefined) return decodeKey(existing, path);
  const key = randomBytes(32);
  await writePrivateFile(path, `${key.toString("base64")}\n`);
  return key;
}

function decodeKey(text: string, origin: string): Buffer {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== 32) {
    throw new DomainError(
      "invalid",
      "master_key",
      `${origin} must hold 32 bytes in base64; make one with: openssl rand -base64 32`,
    );
  }
  return key;
}

const dataKeyContext = "data-key";

/**
 * The sealer under the installation's data key, which is stored wrapped by the master key; so the master key can change
 * without sealing everything again. Errors: invalid/master_key when the master key is not the one of this database.
 */
export async function loadDataKey(db: Db, masterKey: Uint8Array, now: Millis): Promise<Sealer> {
  const wrapper = createSealer(masterKey);
  await db
    .insertInto("data_keys")
    .values({ id: "1", wrapped: wrapper.seal(randomBytes(32), dataKeyContext), created_at: now })
    .onConflict((c) => c.column("id").doNothing())
    .execute();
  const row = await db.selectFrom("data_keys").select("wrapped").where("id", "=", "1").executeTakeFirstOrThrow();
  try {
    return createSealer(wrapper.open(row.wrapped, dataKeyContext));
  } catch (error) {
    throw new DomainError(
      "invalid",
      "master_key",
      "The master key does not open this database. Start the server with the master key that it was made with.",
      { cause: error },
    );
  }
}
