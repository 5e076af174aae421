import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { hashSecret } from "../../platform/ids.ts";

/** What a person has allowed a program, for a moment and for one use. */
export interface LoginCode {
  readonly clientId: string;
  readonly redirectUri: string;
  /** SHA-256 of what only the program knows, as RFC 7636 has it. */
  readonly codeChallenge: string;
  readonly principalId: string;
  readonly organizationId: string;
  /** The one project in which the person's own token works; null: wherever there are roles. */
  readonly projectId: string | null;
  readonly expiresAt: Millis;
}

/** Those that nobody used in time go with it. */
export async function insertLoginCode(db: Db, secret: string, code: LoginCode, now: Millis): Promise<void> {
  await db.deleteFrom("login_codes").where("expires_at", "<=", now).execute();
  await db
    .insertInto("login_codes")
    .values({
      hash: hashSecret(secret),
      client_id: code.clientId,
      redirect_uri: code.redirectUri,
      code_challenge: code.codeChallenge,
      principal_id: code.principalId,
      organization_id: code.organizationId,
      project_id: code.projectId,
      expires_at: code.expiresAt,
    })
    .execute();
}

/** Undefined when it is unknown, used or over. */
export async function findLoginCode(db: Db, secret: string, now: Millis): Promise<LoginCode | undefined> {
  const row = await db
    .selectFrom("login_codes")
    .selectAll()
    .where("hash", "=", hashSecret(secret))
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return (
    row && {
      clientId: row.client_id,
      redirectUri: row.redirect_uri,
      codeChallenge: row.code_challenge,
      principalId: row.principal_id,
      organizationId: row.organization_id,
      projectId: row.project_id,
      expiresAt: row.expires_at,
    }
  );
}

/** True for the one who used it: of two at once it is one. */
export async function useLoginCode(db: Db, secret: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("login_codes")
    .where("hash", "=", hashSecret(secret))
    .executeTakeFirst();
  return numDeletedRows === 1n;
}
