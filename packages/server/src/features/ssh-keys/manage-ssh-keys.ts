import { canSee, type Actor } from "../access/index.ts";
import { nameTaken } from "../projects/index.ts";
import { assignSshKey, visibleWorkspace, findWorkspace, type Workspace } from "../workspaces/index.ts";
import { isUniqueViolation, type Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { deleteSshKeyRow, findSshKey, insertSshKey, updateSshKey, type SshKey } from "./ssh-key-store.ts";

export interface SshKeyDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
}

const valueCharactersMax = 32 * 1024;

function checkSshKey({ name, value }: { readonly name?: string; readonly value?: string }): void {
  if (name !== undefined && (name.trim() === "" || name.length > 255)) {
    throw new DomainError("invalid", "ssh_key_name", "Name of an SSH key has 1 to 255 characters.");
  }
  if (value !== undefined && (value.trim() === "" || value.length > valueCharactersMax)) {
    throw new DomainError(
      "invalid",
      "ssh_key_value",
      `Value of an SSH key is a private key of at most ${valueCharactersMax} characters.`,
    );
  }
}

/** The key, for an actor who may do to its organization's keys what it asks for. Errors: not_found/ssh_key_not_found. */
export async function getSshKey(db: Db, actor: Actor, id: string): Promise<SshKey> {
  const key = await findSshKey(db, id);
  if (key === undefined || !canSee(actor, { organizationId: key.organizationId })) {
    throw new DomainError("not_found", "ssh_key_not_found", "There is no such SSH key, or you may not see it.");
  }
  return key;
}

/** Errors: invalid/ssh_key_name, invalid/ssh_key_value, invalid/name_taken, forbidden/role_too_low. */
export async function createSshKey(
  deps: SshKeyDeps,
  organizationId: string,
  input: { readonly name: string; readonly value: string },
): Promise<SshKey> {
  checkSshKey(input);
  const key: SshKey = { id: newExternalId("sshkey"), organizationId, name: input.name, createdAt: deps.now() };
  await insertSshKey(deps.db, deps.sealer, key, input.value).catch(refuseTakenName);
  return key;
}

/** Errors: as for creating, not_found/ssh_key_not_found. */
export async function changeSshKey(
  deps: SshKeyDeps,
  actor: Actor,
  id: string,
  change: { readonly name?: string; readonly value?: string },
): Promise<SshKey> {
  checkSshKey(change);
  const key = await getSshKey(deps.db, actor, id);
  await updateSshKey(deps.db, deps.sealer, id, change).catch(refuseTakenName);
  return { ...key, name: change.name ?? key.name };
}

/** Errors: not_found/ssh_key_not_found. */
export async function deleteSshKey(deps: SshKeyDeps, actor: Actor, id: string): Promise<void> {
  await getSshKey(deps.db, actor, id);
  await deps.db.transaction().execute((tx) => deleteSshKeyRow(tx, id));
}

/**
 * Gives the workspace's runs a key of its organization, or none. Errors: not_found/workspace_not_found,
 * not_found/ssh_key_not_found.
 */
export async function useSshKey(
  deps: SshKeyDeps,
  actor: Actor,
  workspaceId: string,
  keyId: string | null,
): Promise<Workspace> {
  const { organizationId } = visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  const key = keyId === null ? undefined : await findSshKey(deps.db, keyId);
  if (keyId !== null && key?.organizationId !== organizationId) {
    throw new DomainError(
      "not_found",
      "ssh_key_not_found",
      "There is no such SSH key in the workspace's organization.",
    );
  }
  return assignSshKey(deps, actor, workspaceId, keyId);
}

function refuseTakenName(error: unknown): never {
  throw isUniqueViolation(error) ? nameTaken() : error;
}
