import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import {
  checkOrganizationWide,
  createTokenRow,
  findTokenPlace,
  may,
  type Actor,
  type TokenPurpose,
} from "../access/index.ts";
import { lockOrganization, type Organization } from "../organizations/index.ts";
import { covers, getTeam, isTeamMember, type Team } from "../teams/index.ts";
import {
  deleteManagedToken,
  ensureOrganizationPrincipal,
  findManagedToken,
  findOrganizationPrincipal,
  listTeamTokenRows,
  listTokensOf,
  type ShownToken,
  type TokenOrder,
} from "./managed-token-store.ts";

export interface ManagedTokenDeps {
  readonly db: Db;
  readonly now: Clock;
}

/** A token that was just made, with its secret: shown this once. */
export interface MadeToken extends ShownToken {
  readonly secret: string;
}

export interface TokenRequest {
  readonly description: string | null;
  /** Null: never. */
  readonly expiresAt: Millis | null;
}

export function tokenNotFound(): DomainError {
  return new DomainError("not_found", "token_not_found", "There is no such token, or you may not see it.");
}

const tokensMax = 100;

/** Errors: forbidden/not_your_account for anybody but the person itself. */
function checkOwnAccount(actor: Actor, userId: string): void {
  if (actor.kind === "user" && actor.id === userId) return;
  throw new DomainError("not_found", "user_not_found", "There is no such user, or its tokens are not yours to manage.");
}

/**
 * A token that does what the person may, in all its organizations. Errors: not_found/user_not_found for another person,
 * invalid/token_expiry, invalid/tokens_max, forbidden/confined_credential.
 */
export async function createUserToken(
  deps: ManagedTokenDeps,
  actor: Actor,
  userId: string,
  request: TokenRequest,
): Promise<MadeToken> {
  checkOwnAccount(actor, userId);
  return deps.db.transaction().execute(async (tx) => {
    const place = await findTokenPlace(tx, actor.credential?.tokenId ?? "");
    if (place === undefined || place.projectId !== null) {
      throw new DomainError(
        "forbidden",
        "confined_credential",
        "This credential works in one project only; it cannot make one that works everywhere.",
      );
    }
    if ((await listTokensOf(tx, userId, { purpose: "user" })).length >= tokensMax) {
      throw new DomainError("invalid", "tokens_max", `There are ${tokensMax} tokens already. Delete one first.`);
    }
    const { organizationId } = place;
    return make(deps, tx, actor, { purpose: "user", principalId: userId, organizationId }, request);
  });
}

/** The newest first. Errors: not_found/user_not_found for another person. */
export async function listUserTokens(db: Db, actor: Actor, userId: string): Promise<ShownToken[]> {
  checkOwnAccount(actor, userId);
  return listTokensOf(db, userId, { purpose: "user" });
}

/** Errors: not_found/team_not_found, forbidden/team_tokens. */
async function getManagedTeam(db: Db, actor: Actor, teamId: string): Promise<Team> {
  const team = await getTeam(db, actor, teamId);
  if (await managesTokensOf(db, actor, team)) return team;
  throw new DomainError(
    "forbidden",
    "team_tokens",
    `Tokens of the team ${team.name} are managed by those who manage teams and may do all that it may, and by its members where the team allows it.`,
  );
}

/** Whoever can make a token of a team can do what the team does. */
async function managesTokensOf(db: Db, actor: Actor, team: Team): Promise<boolean> {
  if (may(actor, "team:write", team) && covers(actor, team)) return true;
  return actor.kind === "user" && team.allowMemberTokenManagement && (await isTeamMember(db, team.id, actor.id));
}

/**
 * A token that does what the team may, whoever is in it. One without a description takes the place of the one before; those
 * with one stand side by side. Errors: not_found/team_not_found, forbidden/team_tokens, invalid/description_taken,
 * invalid/token_expiry, invalid/tokens_max.
 */
export async function createTeamToken(
  deps: ManagedTokenDeps,
  actor: Actor,
  teamId: string,
  request: TokenRequest,
): Promise<MadeToken> {
  return deps.db.transaction().execute(async (tx) => {
    const { organizationId } = await getManagedTeam(tx, actor, teamId);
    // One at a time: two that ask at once must not both stay.
    await lockOrganization(tx, organizationId);
    const { description } = request;
    const same = await listTokensOf(tx, teamId, { purpose: "team", description });
    if (description !== null && same.length > 0) {
      throw new DomainError("invalid", "description_taken", "Validation failed: Description has already been taken");
    }
    for (const { id } of same) await deleteManagedToken(tx, id);
    if ((await listTokensOf(tx, teamId, { purpose: "team" })).length >= tokensMax) {
      throw new DomainError("invalid", "tokens_max", `The team has ${tokensMax} tokens already. Delete one first.`);
    }
    return make(deps, tx, actor, { purpose: "team", principalId: teamId, organizationId }, request);
  });
}

/** The one without a description. Errors: not_found/team_not_found, not_found/token_not_found, forbidden/team_tokens. */
export async function getTeamToken(db: Db, actor: Actor, teamId: string): Promise<ShownToken> {
  const team = await getManagedTeam(db, actor, teamId);
  const [token] = await listTokensOf(db, team.id, { purpose: "team", description: null });
  if (token === undefined) throw tokenNotFound();
  return token;
}

/** Errors: not_found/team_not_found, forbidden/team_tokens. */
export async function listTokensOfTeam(db: Db, actor: Actor, teamId: string): Promise<ShownToken[]> {
  const team = await getManagedTeam(db, actor, teamId);
  return listTokensOf(db, team.id, { purpose: "team" });
}

/** One page of the tokens of all teams. Errors: forbidden/role_too_low. */
export async function listTeamTokens(
  db: Db,
  actor: Actor,
  filter: { readonly teamName?: string },
  sorting: { readonly by: TokenOrder; readonly descending: boolean },
  page: Page,
): Promise<Paged<ShownToken>> {
  checkOrganizationWide(actor);
  return listTeamTokenRows(db, { organizationId: actor.organizationId, ...filter }, sorting, page);
}

/**
 * The organization's own token of a purpose; the one before ends. Errors: forbidden/role_too_low, invalid/token_expiry.
 */
export async function createOrganizationToken(
  deps: ManagedTokenDeps,
  actor: Actor,
  organization: Organization,
  purpose: "organization" | "audit-trails",
  request: TokenRequest,
): Promise<MadeToken> {
  checkOrganizationWide(actor);
  return deps.db.transaction().execute(async (tx) => {
    await lockOrganization(tx, organization.id);
    const principalId = await ensureOrganizationPrincipal(tx, organization, purpose, deps.now());
    for (const { id } of await listTokensOf(tx, principalId, { purpose })) await deleteManagedToken(tx, id);
    return make(deps, tx, actor, { purpose, principalId, organizationId: organization.id }, request);
  });
}

/** Errors: not_found/token_not_found, forbidden/role_too_low. */
export async function getOrganizationToken(
  db: Db,
  actor: Actor,
  organization: Organization,
  purpose: "organization" | "audit-trails",
): Promise<ShownToken> {
  checkOrganizationWide(actor);
  const principalId = await findOrganizationPrincipal(db, organization.id, purpose);
  const [token] = principalId === undefined ? [] : await listTokensOf(db, principalId, { purpose });
  if (token === undefined) throw tokenNotFound();
  return token;
}

/** Those of all purposes that there are. Errors: forbidden/role_too_low. */
export async function listOrganizationTokens(db: Db, actor: Actor, organization: Organization): Promise<ShownToken[]> {
  checkOrganizationWide(actor);
  const found: ShownToken[] = [];
  for (const purpose of ["organization", "audit-trails"] as const) {
    const principalId = await findOrganizationPrincipal(db, organization.id, purpose);
    if (principalId !== undefined) found.push(...(await listTokensOf(db, principalId, { purpose })));
  }
  return found;
}

/** Any token that the actor manages. Errors: not_found/token_not_found. */
export async function getToken(db: Db, actor: Actor, id: string): Promise<ShownToken> {
  const token = await findManagedToken(db, id);
  if (token === undefined || !(await manages(db, actor, token))) throw tokenNotFound();
  return token;
}

/** Ends a token from this moment. Errors: not_found/token_not_found. */
export async function endToken(deps: ManagedTokenDeps, actor: Actor, id: string): Promise<void> {
  const token = await getToken(deps.db, actor, id);
  if (!(await deleteManagedToken(deps.db, token.id))) throw tokenNotFound();
}

async function manages(db: Db, actor: Actor, token: ShownToken): Promise<boolean> {
  switch (token.purpose) {
    case "user":
      return actor.kind === "user" && token.principalId === actor.id;
    case "team": {
      const team = await getTeam(db, actor, token.principalId).catch((error: unknown) => {
        if (error instanceof DomainError) return undefined;
        throw error;
      });
      return team !== undefined && managesTokensOf(db, actor, team);
    }
    case "organization":
    case "audit-trails":
      return may(actor, "organization:manage-tokens", token);
  }
}

async function make(
  deps: ManagedTokenDeps,
  tx: Tx,
  actor: Actor,
  whose: { readonly purpose: TokenPurpose; readonly principalId: string; readonly organizationId: string },
  request: TokenRequest,
): Promise<MadeToken> {
  const now = deps.now();
  const { purpose, principalId, organizationId } = whose;
  const { description, expiresAt } = request;
  if (expiresAt !== null && expiresAt <= now) {
    throw new DomainError("invalid", "token_expiry", "Expired at must be in the future.");
  }
  const createdBy = { id: actor.id, kind: actor.kind };
  const { id, secret } = await createTokenRow(
    tx,
    {
      organizationId,
      projectId: null,
      principalId,
      name: description ?? `${purpose} token`,
      managed: { purpose, description, createdBy },
      expiresAt,
    },
    now,
  );
  return {
    id,
    secret,
    purpose,
    principalId,
    organizationId,
    description,
    createdAt: now,
    lastUsedAt: null,
    expiresAt,
    createdBy,
  };
}
