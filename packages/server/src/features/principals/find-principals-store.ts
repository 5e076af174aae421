import { sql } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import type { Db } from "../../db/database.ts";
import { keyOf, keyset } from "../../db/keyset.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { toPrincipal, type Principal } from "./principal-store.ts";

/** A program of the organization, or a person who is in it. */
function isOf(organizationId: string) {
  return sql<boolean>`((principals.kind <> 'user' and principals.organization_id = ${organizationId}) or
    exists (select 1 from organization_memberships as m where m.principal_id = principals.id
      and m.organization_id = ${organizationId} and m.status = 'active'))`;
}

/** Users and service principals with these ids, in no order; at most 1000 ids. What is not there is left out. */
export async function findPrincipals(db: Db, organizationId: string, ids: readonly string[]): Promise<Principal[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("principals")
    .selectAll()
    .where(isOf(organizationId))
    .where("kind", "in", ["user", "service_principal"])
    .where("id", "in", ids)
    .execute();
  return rows.map(toPrincipal);
}

/** Users with exactly this address, as given or in lower case, the oldest first; at most 100. */
export async function listUsersByEmail(db: Db, organizationId: string, email: string): Promise<Principal[]> {
  const rows = await db
    .selectFrom("principals")
    .selectAll()
    .where(isOf(organizationId))
    .where("kind", "=", "user")
    .where("email", "in", [email, email.toLowerCase()])
    .orderBy("created_at")
    .orderBy("id")
    .limit(100)
    .execute();
  return rows.map(toPrincipal);
}

export interface PrincipalSearch {
  readonly organizationId: string;
  readonly kinds: readonly ("user" | "service_principal" | "group")[];
  /** In the name or the address, whatever the case. */
  readonly text?: string;
  /** Names of groups whose members are left out. */
  readonly notInGroups: readonly string[];
  readonly page: KeysetPage;
}

export interface PrincipalHit {
  readonly id: string;
  readonly kind: PrincipalSearch["kinds"][number];
}

/** One page of users, service principals and groups together, by name. */
export async function searchPrincipals(db: Db, search: PrincipalSearch): Promise<KeysetItems<PrincipalHit>> {
  const { organizationId, kinds, text, notInGroups, page } = search;
  const everybody = db
    .selectFrom("principals")
    .select(["id", "kind", "name", "email"])
    .where(isOf(organizationId))
    .where("kind", "in", ["user", "service_principal"])
    .unionAll(
      db
        .selectFrom("groups")
        .select(["id", sql<string>`'group'`.as("kind"), "display_name as name", sql<string | null>`null`.as("email")])
        .where("organization_id", "=", organizationId),
    )
    .as("p");
  const rows = await db
    .selectFrom(everybody)
    .select(["p.id", "p.kind", "p.name"])
    .where("p.kind", "in", kinds)
    .$if(text !== undefined, (q) =>
      q.where((e) => e.or([containsText("p.name", text ?? ""), containsText("p.email", text ?? "")])),
    )
    .$if(notInGroups.length > 0, (q) =>
      q.where((e) =>
        e.not(
          e.exists(
            e
              .selectFrom("group_members")
              .innerJoin("groups", "groups.id", "group_members.group_id")
              .select("group_members.principal_id")
              .whereRef("group_members.principal_id", "=", "p.id")
              .where("groups.organization_id", "=", organizationId)
              .where("groups.name", "in", notInGroups),
          ),
        ),
      ),
    )
    .$call(keyset({ column: "p.name", id: "p.id", descending: false }, page))
    .execute();
  const cut = cutPage(rows, page, (row) => keyOf(row, [{ field: "name", descending: false }]));
  return { ...cut, items: cut.items.map(({ id, kind }) => ({ id, kind: kind as PrincipalHit["kind"] })) };
}
