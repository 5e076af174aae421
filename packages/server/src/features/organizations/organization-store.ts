import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { Organizations } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId, newUuid } from "../../platform/ids.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import { settingsAtFirst, type OrganizationChange, type OrganizationSettings } from "./organization-settings.ts";

/** One tenant. HCP clients know it by `id` (a UUID), Terraform clients by `name`. */
export interface Organization {
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  /** Whom to write to about it; empty when nobody has said. */
  readonly email: string;
  /** Every workspace is assessed on the schedule, whatever it says itself. */
  readonly assessmentsEnforced: boolean;
  /** Whether the API tokens of persons work here; tokens of teams and of the organization always do. */
  readonly userTokensEnabled: boolean;
  readonly settings: OrganizationSettings;
  /** Where a workspace is made when nobody says where; null when that project was deleted. */
  readonly defaultProjectId: string | null;
  readonly createdAt: Millis;
}

export function toOrganization(row: Organizations): Organization {
  return {
    id: row.id,
    externalId: row.external_id,
    name: row.name,
    email: row.email,
    assessmentsEnforced: row.assessments_enforced === 1,
    userTokensEnabled: row.user_tokens_enabled === 1,
    settings: { ...settingsAtFirst, ...(JSON.parse(row.settings) as Partial<OrganizationSettings>) },
    defaultProjectId: row.default_project_id,
    createdAt: row.created_at,
  };
}

/** Throws a unique violation for a name that is taken. */
export async function insertOrganization(
  db: Db,
  name: string,
  now: Millis,
  more: { readonly email?: string; readonly settings?: Partial<OrganizationSettings> } = {},
): Promise<Organization> {
  const row: Organizations = {
    id: newUuid(),
    external_id: newExternalId("org"),
    name,
    email: more.email ?? "",
    assessments_enforced: 0,
    user_tokens_enabled: 1,
    settings: JSON.stringify(more.settings ?? {}),
    default_project_id: null,
    created_at: now,
    deleted_at: null,
  };
  await db.insertInto("organizations").values(row).execute();
  return toOrganization(row);
}

/** Undefined also from the moment in which somebody deletes it. */
export async function findOrganization(db: Db, id: string): Promise<Organization | undefined> {
  const row = await organizations(db).where("id", "=", id).executeTakeFirst();
  return row && toOrganization(row);
}

/** As {@link findOrganization}. */
export async function findOrganizationByName(db: Db, name: string): Promise<Organization | undefined> {
  const row = await organizations(db).where("name", "=", name).executeTakeFirst();
  return row && toOrganization(row);
}

/** One page of these organizations, by name. */
export async function listOrganizations(
  db: Db,
  filter: {
    readonly ids: readonly string[];
    /** In the name or the address, whatever the case. */
    readonly text?: string;
  },
  page: Page,
): Promise<Paged<Organization>> {
  if (filter.ids.length === 0) return { items: [], total: 0 };
  const { text } = filter;
  const found = organizations(db)
    .where("id", "in", filter.ids)
    .$if(text !== undefined, (q) =>
      q.where((e) => e.or([containsText("name", text ?? ""), containsText("email", text ?? "")])),
    );
  const rows = await found
    .orderBy("name")
    .limit(page.size)
    .offset((page.number - 1) * page.size)
    .execute();
  const counted = await found
    .clearSelect()
    .select((e) => e.fn.countAll<number>().as("n"))
    .executeTakeFirst();
  return { items: rows.map(toOrganization), total: Number(counted?.n ?? 0) };
}

function organizations(db: Db) {
  return db.selectFrom("organizations").selectAll().where("deleted_at", "is", null);
}

/** Locks the organization's row until the transaction ends. */
export async function lockOrganization(tx: Tx, id: string): Promise<void> {
  await tx.selectFrom("organizations").select("id").where("id", "=", id).$call(forUpdate(tx)).execute();
}

/** Throws a unique violation for a name that is taken. */
export async function saveOrganizationName(db: Db, id: string, name: string): Promise<void> {
  await db.updateTable("organizations").set({ name }).where("id", "=", id).execute();
}

/** Sets what is given and leaves the rest. Throws a unique violation for a name that is taken. */
export async function saveOrganization(db: Db, id: string, change: OrganizationChange): Promise<void> {
  const flag = (value: boolean | undefined) => (value === undefined ? undefined : value ? 1 : 0);
  await db
    .updateTable("organizations")
    .set({
      name: change.name,
      email: change.email,
      assessments_enforced: flag(change.assessmentsEnforced),
      user_tokens_enabled: flag(change.userTokensEnabled),
      settings: change.settings === undefined ? undefined : JSON.stringify(change.settings),
      default_project_id: change.defaultProjectId,
      // Kysely leaves out what is undefined; a statement that sets nothing is not one.
      id,
    })
    .where("id", "=", id)
    .execute();
}

/** Nobody finds it any more, and its name is free. */
export async function markOrganizationDeleted(tx: Tx, id: string, now: Millis): Promise<void> {
  // A colon is in no name that somebody could give.
  await tx
    .updateTable("organizations")
    .set({ name: `deleted:${id}`, deleted_at: now })
    .where("id", "=", id)
    .execute();
}
