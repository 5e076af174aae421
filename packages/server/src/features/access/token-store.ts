import type { Db } from "../../db/database.ts";
import { prepareQuery } from "../../db/prepared-query.ts";
import type { Millis } from "../../platform/clock.ts";
import { hashSecret, newExternalId, newSecret } from "../../platform/ids.ts";
import { confineGrants, everyOrganization, type Actor, type ActorKind, type Grant } from "./actor.ts";
import { loadGrants } from "./grant-store.ts";

/** What a principal of this kind, as its row has it, may do. */
async function holdingsOf(
  db: Db,
  kind: string,
  { principalId, organizationId }: { readonly principalId: string; readonly organizationId: string },
): Promise<{
  kind: ActorKind;
  grants: readonly Grant[];
  managedGroups: readonly string[];
  withoutUserTokens?: readonly string[];
}> {
  const ofOrganization = { organization: "organization-token", audit_trail: "audit-trail" }[kind];
  if (ofOrganization !== undefined) {
    const role = ofOrganization as "organization-token" | "audit-trail";
    return {
      kind: "organization",
      grants: [{ role, organizationId, projectId: null, bucketName: null }],
      managedGroups: [],
    };
  }
  if (kind !== "runner" && kind !== "server_runner") {
    return { kind: kind as ActorKind, ...(await loadGrants(db, principalId)) };
  }
  const where = kind === "server_runner" ? everyOrganization : organizationId;
  const grant: Grant = { role: "runner", organizationId: where, projectId: null, bucketName: null };
  return { kind: "runner", grants: [grant], managedGroups: [] };
}

// How old the note of the last use of a token may be.
const usedNoteMs = 10 * 60_000;

/**
 * The actor behind a bearer token; undefined when it is unknown, expired or revoked. Two statements for people and service
 * principals, one for everybody else; and now and then one that notes when a managed token was used.
 */
export async function findActorByToken(db: Db, token: string, now: Millis): Promise<Actor | undefined> {
  const [row] = await findByHash(db, { hash: hashSecret(token) });
  if (row === undefined || (row.expires_at !== null && row.expires_at <= now)) return undefined;
  if (row.purpose !== "" && (row.last_used_at ?? 0) <= now - usedNoteMs) await noteUse(db, row.token_id, now);
  const credential = { tokenId: row.token_id, clientId: row.client_id };
  const { organization_id: organizationId, project_id: projectId, principal_id: principalId } = row;
  if (principalId !== null && row.run_id === null) {
    const held = await holdingsOf(db, row.kind ?? "", { principalId, organizationId });
    const { kind, managedGroups } = held;
    const closedTo = row.purpose === "user" ? (held.withoutUserTokens ?? []) : [];
    const grants = held.grants.filter((grant) => !closedTo.includes(grant.organizationId));
    return {
      ...(closedTo.length === 0 ? {} : { closedTo }),
      kind,
      id: principalId,
      name: row.email ?? row.name ?? "",
      organizationId,
      ...(projectId === null
        ? { grants, managedGroups }
        : { grants: confineGrants(grants, { organizationId, projectId }) }),
      needs: null,
      workspaceId: null,
      runId: null,
      credential,
    };
  }
  // Of a run, or of an assessment: what an assessment reads is not read by any run.
  const id = row.run_id ?? row.workspace_id;
  if (id === null) return undefined;
  return {
    kind: "run",
    id,
    name: row.run_id ?? `assessment of ${id}`,
    organizationId,
    grants: [{ role: "run", organizationId, projectId, bucketName: null }],
    needs: null,
    workspaceId: row.workspace_id,
    runId: row.run_id,
    credential,
  };
}

/** Whoever may read may do so also when nothing can be written. */
async function noteUse(db: Db, tokenId: string, now: Millis): Promise<void> {
  await db
    .updateTable("tokens")
    .set({ last_used_at: now })
    .where("id", "=", tokenId)
    .execute()
    .catch(() => undefined);
}

const findByHash = prepareQuery((db, { hash }: { hash: string }) =>
  db
    .selectFrom("tokens")
    .innerJoin("organizations", "organizations.id", "tokens.organization_id")
    .leftJoin("principals", "principals.id", "tokens.principal_id")
    .select([
      "tokens.id as token_id",
      "tokens.client_id",
      "tokens.organization_id",
      "tokens.project_id",
      "tokens.workspace_id",
      "tokens.run_id",
      "tokens.expires_at",
      "tokens.purpose",
      "tokens.last_used_at",
      "principals.id as principal_id",
      "principals.kind",
      "principals.name",
      "principals.email",
    ])
    .where("tokens.hash", "=", hash)
    .where("organizations.deleted_at", "is", null),
);

/** When a token that works ends; null: never. Undefined for a token that is not known. */
export async function findTokenExpiry(db: Db, token: string): Promise<Millis | null | undefined> {
  const row = await db
    .selectFrom("tokens")
    .select("expires_at")
    .where("hash", "=", hashSecret(token))
    .executeTakeFirst();
  return row?.expires_at;
}

/** Where a token works at most; undefined for one that is not known. */
export async function findTokenPlace(
  db: Db,
  tokenId: string,
): Promise<Pick<NewToken, "organizationId" | "projectId"> | undefined> {
  const row = await db
    .selectFrom("tokens")
    .select(["organization_id", "project_id"])
    .where("id", "=", tokenId)
    .executeTakeFirst();
  return row && { organizationId: row.organization_id, projectId: row.project_id };
}

/** Whose powers a token has that persons make and end. */
export type TokenPurpose = "user" | "team" | "organization" | "audit-trails";

export interface ManagedToken {
  readonly purpose: TokenPurpose;
  readonly description: string | null;
  readonly createdBy: { readonly id: string; readonly kind: ActorKind };
}

export interface NewToken {
  readonly organizationId: string;
  /** The one project in which it works, whatever roles its principal has elsewhere; null: wherever there are roles. */
  readonly projectId: string | null;
  readonly principalId: string | null;
  /** The service principal key it was minted from; deleting the key ends the token. */
  readonly clientId?: string;
  /** The workload identity provider by which it was given; deleting the provider ends the token. */
  readonly providerId?: string;
  readonly workspaceId?: string;
  readonly runId?: string;
  /** What it is for, shown to people. */
  readonly name: string;
  /** Absent: one that the server makes and ends by itself, and that nobody manages. */
  readonly managed?: ManagedToken;
  readonly expiresAt: Millis | null;
}

/** Makes a token and returns its clear text, which is stored nowhere. */
export async function createToken(db: Db, token: NewToken, now: Millis): Promise<string> {
  return (await createTokenRow(db, token, now)).secret;
}

/** As {@link createToken}, with the token's id. */
export async function createTokenRow(
  db: Db,
  token: NewToken,
  now: Millis,
): Promise<{ readonly id: string; readonly secret: string }> {
  const secret = newSecret("ingot");
  const id = newExternalId("at");
  const { managed } = token;
  await db
    .insertInto("tokens")
    .values({
      id,
      hash: hashSecret(secret),
      principal_id: token.principalId,
      client_id: token.clientId ?? null,
      provider_id: token.providerId ?? null,
      organization_id: token.organizationId,
      project_id: token.projectId,
      workspace_id: token.workspaceId ?? null,
      run_id: token.runId ?? null,
      name: token.name,
      created_at: now,
      expires_at: token.expiresAt,
      purpose: managed?.purpose ?? "",
      description: managed?.description ?? null,
      created_by_id: managed?.createdBy.id ?? null,
      created_by_kind: managed?.createdBy.kind ?? null,
      last_used_at: null,
    })
    .execute();
  return { id, secret };
}

const sessionMsMax = 12 * 3_600_000;
const sessionName = "console session";

/**
 * A token for one browser, with the powers of the token that a person has pasted and no longer life than that. Undefined
 * when the given one is unknown, has ended, or belongs to a program of the server's own, such as a run.
 */
export async function startSession(db: Db, token: string, now: Millis): Promise<StartedSession | undefined> {
  const row = await db.selectFrom("tokens").selectAll().where("hash", "=", hashSecret(token)).executeTakeFirst();
  const actor = await findActorByToken(db, token, now);
  if (row === undefined || (actor?.kind !== "user" && actor?.kind !== "service_principal")) return undefined;
  const session = {
    organizationId: row.organization_id,
    projectId: row.project_id,
    principalId: row.principal_id,
    ...(row.client_id === null ? {} : { clientId: row.client_id }),
    ...(row.provider_id === null ? {} : { providerId: row.provider_id }),
  };
  return makeSession(db, session, row.expires_at ?? Infinity, now);
}

export interface StartedSession {
  readonly token: string;
  readonly expiresAt: Millis;
}

/** A token for the browser of a person who has shown by something else than a token who it is. */
export async function startPersonSession(
  db: Db,
  person: { readonly id: string; readonly organizationId: string },
  now: Millis,
): Promise<StartedSession> {
  const { id: principalId, organizationId } = person;
  return makeSession(db, { organizationId, projectId: null, principalId }, Infinity, now);
}

async function makeSession(
  db: Db,
  session: Omit<NewToken, "name" | "expiresAt">,
  endsBy: Millis,
  now: Millis,
): Promise<StartedSession> {
  const expiresAt = Math.min(now + (await sessionMsOf(db, session.organizationId)), endsBy);
  return { token: await createToken(db, { ...session, name: sessionName, expiresAt }, now), expiresAt };
}

/**
 * From now on a browser's session is about this organization, where what is asked leaves it open. False for a token that is
 * no session of a person, and for one that works in a single project.
 */
export async function moveSession(db: Db, token: string, organizationId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("tokens")
    .set({ organization_id: organizationId })
    .where("hash", "=", hashSecret(token))
    .where("name", "=", sessionName)
    .where("purpose", "=", "")
    .where("project_id", "is", null)
    .where("principal_id", "in", (e) =>
      e.selectFrom("principals").select("principals.id").where("principals.kind", "=", "user"),
    )
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** How long a session may last: what the organization at home has set, never more than the server's own limit. */
async function sessionMsOf(db: Db, organizationId: string): Promise<Millis> {
  const row = await db
    .selectFrom("organizations")
    .select("settings")
    .where("id", "=", organizationId)
    .executeTakeFirst();
  const set = JSON.parse(row?.settings ?? "{}") as {
    readonly sessionTimeout?: number | null;
    readonly sessionRemember?: number | null;
  };
  const minutes = Math.min(set.sessionTimeout ?? Infinity, set.sessionRemember ?? Infinity);
  return Math.min(sessionMsMax, minutes * 60_000);
}

/** Ends one token; one that is unknown has ended already. */
export async function deleteToken(db: Db, token: string): Promise<void> {
  await db.deleteFrom("tokens").where("hash", "=", hashSecret(token)).execute();
}

/** Ends every credential of a run: called when the run is final. */
export async function deleteRunTokens(db: Db, runId: string): Promise<void> {
  await db.deleteFrom("tokens").where("run_id", "=", runId).execute();
}

/** Ends the credential of a workspace's assessment: called when it is over. */
export async function deleteAssessmentTokens(db: Db, workspaceId: string): Promise<void> {
  await db
    .deleteFrom("tokens")
    .where("workspace_id", "=", workspaceId)
    .where("run_id", "is", null)
    .where("principal_id", "is", null)
    .execute();
}

/** Ends every credential of a principal. */
export async function deletePrincipalTokens(db: Db, principalId: string): Promise<void> {
  await db.deleteFrom("tokens").where("principal_id", "=", principalId).execute();
}

/** Forgets tokens that ended more than a day ago; the table must not grow with every `packer build`. */
export async function deleteExpiredTokens(db: Db, now: Millis): Promise<void> {
  const dayMs = 86_400_000;
  await db
    .deleteFrom("tokens")
    .where("expires_at", "<", now - dayMs)
    .execute();
}
