import { canSee, type Actor } from "../access/index.ts";
import { isUniqueViolation, type Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import {
  countReservedTagKeys,
  deleteReservedTagKeyRow,
  findReservedTagKey,
  insertReservedTagKey,
  updateReservedTagKey,
  type ReservedTagKey,
} from "./reserved-tag-key-store.ts";

export interface ReservedTagKeyDeps {
  readonly db: Db;
  readonly now: Clock;
}

const keysMax = 1000;

/** Errors: invalid/reserved_tag_key, in the words that clients look for. Source: go-tfe reserved_tag_key tests. */
function checkKey(key: string): void {
  if (/^[A-Za-z0-9_][A-Za-z0-9_:.=/@-]{0,254}$/.test(key)) return;
  throw new DomainError("invalid", "reserved_tag_key", "Key is invalid");
}

/** Errors: not_found/reserved_tag_key_not_found. */
export async function getReservedTagKey(db: Db, actor: Actor, id: string): Promise<ReservedTagKey> {
  const key = await findReservedTagKey(db, id);
  if (key === undefined || !canSee(actor, { organizationId: key.organizationId })) {
    throw new DomainError(
      "not_found",
      "reserved_tag_key_not_found",
      "There is no such reserved tag key, or you may not see it.",
    );
  }
  return key;
}

/** Errors: invalid/reserved_tag_key, invalid/key_taken, invalid/reserved_tag_keys_max. */
export async function createReservedTagKey(
  deps: ReservedTagKeyDeps,
  organizationId: string,
  input: { readonly key: string; readonly disableOverrides: boolean },
): Promise<ReservedTagKey> {
  checkKey(input.key);
  if ((await countReservedTagKeys(deps.db, organizationId)) >= keysMax) {
    throw new DomainError(
      "invalid",
      "reserved_tag_keys_max",
      `An organization has at most ${keysMax} reserved tag keys.`,
    );
  }
  const now = deps.now();
  const key: ReservedTagKey = {
    id: newExternalId("rtk"),
    organizationId,
    key: input.key,
    disableOverrides: input.disableOverrides,
    createdAt: now,
    updatedAt: now,
  };
  await insertReservedTagKey(deps.db, key).catch(refuseTaken);
  return key;
}

/** Errors: as for creating, not_found/reserved_tag_key_not_found. */
export async function changeReservedTagKey(
  deps: ReservedTagKeyDeps,
  actor: Actor,
  id: string,
  change: { readonly key?: string; readonly disableOverrides?: boolean },
): Promise<ReservedTagKey> {
  if (change.key !== undefined) checkKey(change.key);
  const next = { ...(await getReservedTagKey(deps.db, actor, id)), ...change, updatedAt: deps.now() };
  await updateReservedTagKey(deps.db, next).catch(refuseTaken);
  return next;
}

/** Errors: not_found/reserved_tag_key_not_found. */
export async function deleteReservedTagKey(deps: ReservedTagKeyDeps, actor: Actor, id: string): Promise<void> {
  const key = await getReservedTagKey(deps.db, actor, id);
  await deleteReservedTagKeyRow(deps.db, key.id);
}

function refuseTaken(error: unknown): never {
  if (isUniqueViolation(error)) throw new DomainError("invalid", "key_taken", "Key has already been taken");
  throw error;
}
