import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { goneMs, type Agent, type AgentToken } from "./agent-pool.ts";

function selectAgents(db: Db) {
  return db
    .selectFrom("agents")
    .innerJoin("agent_pools", "agent_pools.id", "agents.agent_pool_id")
    .select((e) => [
      "agents.id",
      "agents.agent_pool_id as agentPoolId",
      "agent_pools.organization_id as organizationId",
      "agents.name",
      "agents.ip_address as ipAddress",
      "agents.created_at as createdAt",
      "agents.last_ping_at as lastPingAt",
      e
        .selectFrom("phases")
        .select((p) => p.fn.countAll().as("count"))
        .whereRef("phases.agent_id", "=", "agents.id")
        .where("phases.status", "=", "running")
        .as("phases_running"),
    ]);
}

type AgentRow = Awaited<ReturnType<ReturnType<typeof selectAgents>["execute"]>>[number];

function toAgent({ phases_running, ...row }: AgentRow): Agent {
  return { ...row, isAtWork: Number(phases_running) > 0 };
}

// Runners ask every second or so; who was here when is of no interest to the second.
const pingEveryMs = 10_000;

/** Notes that a runner of the pool was heard of, by its name. Returns its id. Two statements at most, mostly one. */
export async function notePing(
  db: Db,
  ping: { readonly agentPoolId: string; readonly tokenId: string; readonly name: string; readonly ipAddress: string },
  now: Millis,
): Promise<string> {
  const known = await db
    .selectFrom("agents")
    .select(["id", "last_ping_at", "ip_address"])
    .where("agent_pool_id", "=", ping.agentPoolId)
    .where("name", "=", ping.name)
    .executeTakeFirst();
  const isFresh = known !== undefined && now - known.last_ping_at < pingEveryMs;
  if (known !== undefined && isFresh && known.ip_address === ping.ipAddress) return known.id;
  await db.updateTable("agent_tokens").set({ last_used_at: now }).where("token_id", "=", ping.tokenId).execute();
  const row = await db
    .insertInto("agents")
    .values({
      id: newExternalId("agent"),
      agent_pool_id: ping.agentPoolId,
      name: ping.name,
      ip_address: ping.ipAddress,
      created_at: now,
      last_ping_at: now,
    })
    .onConflict((c) =>
      c.columns(["agent_pool_id", "name"]).doUpdateSet({ last_ping_at: now, ip_address: ping.ipAddress }),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

/** The same of one that works: a heartbeat says no name. */
export async function noteHeartbeat(db: Db, agentId: string, now: Millis): Promise<void> {
  await db
    .updateTable("agents")
    .set({ last_ping_at: now })
    .where("id", "=", agentId)
    .where("last_ping_at", "<", now - pingEveryMs)
    .execute();
}

export async function findAgent(db: Db, id: string): Promise<Agent | undefined> {
  const row = await selectAgents(db).where("agents.id", "=", id).executeTakeFirst();
  return row && toAgent(row);
}

/** By name. Two statements. */
export async function listAgents(
  db: Db,
  filter: { readonly agentPoolId: string; readonly pingedSince?: Millis },
  page: Page,
): Promise<Paged<Agent>> {
  const query = selectAgents(db)
    .where("agents.agent_pool_id", "=", filter.agentPoolId)
    .where("agents.last_ping_at", ">=", filter.pingedSince ?? 0);
  const rows = await query
    .orderBy("agents.name")
    .orderBy("agents.id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await query
    .clearSelect()
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toAgent), total: Number(total) };
}

/** Of each pool, how many have been heard of lately. */
export async function countAgents(
  db: Db,
  poolIds: readonly string[],
  now: Millis,
): Promise<ReadonlyMap<string, number>> {
  if (poolIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("agents")
    .select((e) => ["agent_pool_id", e.fn.countAll().as("count")])
    .where("agent_pool_id", "in", poolIds)
    .where("last_ping_at", ">=", now - goneMs)
    .groupBy("agent_pool_id")
    .execute();
  return new Map(rows.map((row) => [row.agent_pool_id, Number(row.count)]));
}

export async function deleteAgentRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("agents").where("id", "=", id).execute();
}

/** Forgets runners that were not heard of since. Machines of a scaled group have a new name each time. */
export async function deleteSilentAgents(db: Db, since: Millis): Promise<void> {
  await db.deleteFrom("agents").where("last_ping_at", "<", since).execute();
}

function selectTokens(db: Db) {
  return db
    .selectFrom("agent_tokens")
    .innerJoin("agent_pools", "agent_pools.id", "agent_tokens.agent_pool_id")
    .select([
      "agent_tokens.token_id",
      "agent_tokens.agent_pool_id",
      "agent_pools.organization_id",
      "agent_tokens.description",
      "agent_tokens.created_by_id",
      "agent_tokens.created_by_name",
      "agent_tokens.created_at",
      "agent_tokens.last_used_at",
    ]);
}

type TokenRow = Awaited<ReturnType<ReturnType<typeof selectTokens>["execute"]>>[number];

function toToken(row: TokenRow): AgentToken {
  return {
    id: row.token_id,
    agentPoolId: row.agent_pool_id,
    organizationId: row.organization_id,
    description: row.description,
    createdBy: { id: row.created_by_id, name: row.created_by_name },
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}

export async function insertAgentToken(tx: Tx, token: AgentToken): Promise<void> {
  await tx
    .insertInto("agent_tokens")
    .values({
      token_id: token.id,
      agent_pool_id: token.agentPoolId,
      description: token.description,
      created_by_id: token.createdBy.id,
      created_by_name: token.createdBy.name,
      created_at: token.createdAt,
      last_used_at: token.lastUsedAt,
    })
    .execute();
}

export async function findAgentToken(db: Db, id: string): Promise<AgentToken | undefined> {
  const row = await selectTokens(db).where("agent_tokens.token_id", "=", id).executeTakeFirst();
  return row && toToken(row);
}

/** Oldest first. Two statements. */
export async function listAgentTokens(db: Db, agentPoolId: string, page: Page): Promise<Paged<AgentToken>> {
  const rows = await selectTokens(db)
    .where("agent_tokens.agent_pool_id", "=", agentPoolId)
    .orderBy("agent_tokens.created_at")
    .orderBy("agent_tokens.token_id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await db
    .selectFrom("agent_tokens")
    .select((e) => e.fn.countAll().as("total"))
    .where("agent_pool_id", "=", agentPoolId)
    .executeTakeFirstOrThrow();
  return { items: rows.map(toToken), total: Number(total) };
}

export async function deleteTokenRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("tokens").where("id", "=", id).execute();
}

/** The pool whose runners use this credential; null for any other. */
export async function findPoolOfToken(db: Db, tokenId: string): Promise<string | null> {
  const row = await db
    .selectFrom("agent_tokens")
    .select("agent_pool_id")
    .where("token_id", "=", tokenId)
    .executeTakeFirst();
  return row?.agent_pool_id ?? null;
}
