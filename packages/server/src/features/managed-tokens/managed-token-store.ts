import { containsText } from "../../db/contains-text.ts";
import type { Db, Tx } from "../../db/database.ts";
import type { Tokens } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { ActorKind, TokenPurpose } from "../access/index.ts";

/** A token as it is shown to those who manage it: everything but the secret, which is stored nowhere. */
export interface ShownToken {
  /** `at-…` */
  readonly id: string;
  readonly purpose: TokenPurpose;
  /** Whose powers it has. */
  readonly principalId: string;
  readonly organizationId: string;
  /** Null: the one token of a team or an organization that is made anew instead of beside another. */
  readonly description: string | null;
  readonly createdAt: Millis;
  readonly lastUsedAt: Millis | null;
  /** Null: never. */
  readonly expiresAt: Millis | null;
  /** Null: not known any more. */
  readonly createdBy: { readonly id: string; readonly kind: ActorKind } | null;
}

function toShown(row: Tokens): ShownToken {
  return {
    id: row.id,
    purpose: row.purpose as TokenPurpose,
    principalId: row.principal_id ?? "",
    organizationId: row.organization_id,
    description: row.description,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    createdBy: row.created_by_id === null ? null : { id: row.created_by_id, kind: row.created_by_kind as ActorKind },
  };
}

/** One that persons manage. */
export async function findManagedToken(db: Db, id: string): Promise<ShownToken | undefined> {
  const row = await db
    .selectFrom("tokens")
    .selectAll()
    .where("id", "=", id)
    .where("purpose", "<>", "")
    .executeTakeFirst();
  return row && toShown(row);
}

/** The tokens of a principal, the newest first; at most 1000. */
export async function listTokensOf(
  db: Db,
  principalId: string,
  filter: { readonly purpose: TokenPurpose; readonly description?: string | null },
): Promise<ShownToken[]> {
  let query = db
    .selectFrom("tokens")
    .selectAll()
    .where("principal_id", "=", principalId)
    .where("purpose", "=", filter.purpose);
  if (filter.description === null) query = query.where("description", "is", null);
  else if (filter.description !== undefined) query = query.where("description", "=", filter.description);
  const rows = await query.orderBy("created_at", "desc").orderBy("id").limit(1000).execute();
  return rows.map(toShown);
}

export type TokenOrder = "team-name" | "created-by" | "expired-at" | "last-used-at" | "created-at";

/** One page of the tokens of an organization's teams. */
export async function listTeamTokenRows(
  db: Db,
  filter: { readonly organizationId: string; readonly teamName?: string },
  sorting: { readonly by: TokenOrder; readonly descending: boolean },
  page: Page,
): Promise<Paged<ShownToken>> {
  const { organizationId, teamName } = filter;
  const found = db
    .selectFrom("tokens")
    .innerJoin("teams", "teams.id", "tokens.principal_id")
    .where("teams.organization_id", "=", organizationId)
    .where("tokens.purpose", "=", "team")
    .$if(teamName !== undefined, (q) => q.where(containsText("teams.name", teamName ?? "")));
  const column = {
    "team-name": "teams.name",
    "created-by": "tokens.created_by_id",
    "expired-at": "tokens.expires_at",
    "last-used-at": "tokens.last_used_at",
    "created-at": "tokens.created_at",
  } as const;
  const rows = await found
    .selectAll("tokens")
    .orderBy(column[sorting.by], (o) => (sorting.descending ? o.desc().nullsLast() : o.asc().nullsLast()))
    .orderBy("tokens.id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const counted = await found.select((e) => e.fn.countAll<number>().as("n")).executeTakeFirst();
  return { items: rows.map(toShown), total: Number(counted?.n ?? 0) };
}

/** False when there is none. */
export async function deleteManagedToken(db: Db, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("tokens")
    .where("id", "=", id)
    .where("purpose", "<>", "")
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The principal that the organization's own tokens of this purpose act as; made when it is first asked for. */
export async function ensureOrganizationPrincipal(
  tx: Tx,
  organization: { readonly id: string; readonly name: string },
  purpose: "organization" | "audit-trails",
  now: Millis,
): Promise<string> {
  const kind = purpose === "organization" ? "organization" : "audit_trail";
  const existing = await findOrganizationPrincipal(tx, organization.id, purpose);
  if (existing !== undefined) return existing;
  const id = newExternalId("user");
  const name = purpose === "organization" ? "api-organization" : "api-audit-trails";
  await tx
    .insertInto("principals")
    .values({ id, kind, organization_id: organization.id, project_id: null, name, email: null, created_at: now })
    .execute();
  return id;
}

export async function findOrganizationPrincipal(
  db: Db,
  organizationId: string,
  purpose: "organization" | "audit-trails",
): Promise<string | undefined> {
  const row = await db
    .selectFrom("principals")
    .select("id")
    .where("organization_id", "=", organizationId)
    .where("kind", "=", purpose === "organization" ? "organization" : "audit_trail")
    .executeTakeFirst();
  return row?.id;
}
