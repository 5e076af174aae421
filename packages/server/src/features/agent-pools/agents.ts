import { canSee, createToken, findActorByToken, type Actor } from "../access/index.ts";
import { findRunnerByName, insertPrincipal } from "../principals/index.ts";
import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import {
  deleteAgentRow,
  deleteTokenRow,
  findAgent,
  findAgentToken,
  findPoolOfToken,
  insertAgentToken,
  notePing,
} from "./agent-store.ts";
import { agentNotFound, agentStatus, type Agent, type AgentToken } from "./agent-pool.ts";
import { getAgentPool, type AgentPoolDeps } from "./edit-agent-pools.ts";

/**
 * Makes a credential for runners of the pool, as many as somebody starts with it. Returns its clear text, which is stored
 * nowhere. Errors: not_found/agent_pool_not_found.
 */
export async function createAgentToken(
  deps: AgentPoolDeps,
  actor: Actor,
  agentPoolId: string,
  description: string,
): Promise<{ readonly token: AgentToken; readonly secret: string }> {
  return deps.db.transaction().execute(async (tx) => {
    const pool = await getAgentPool(tx, actor, agentPoolId);
    const now = deps.now();
    // A name that no runner can be given by a person.
    const runner = { organizationId: pool.organizationId, kind: "runner", name: `agent-pool/${pool.id}` } as const;
    const principal =
      (await findRunnerByName(tx, runner)) ?? (await insertPrincipal(tx, { ...runner, projectId: null }, now));
    const secret = await createToken(
      tx,
      {
        organizationId: pool.organizationId,
        projectId: null,
        principalId: principal.id,
        name: `agents of ${pool.name}`,
        expiresAt: null,
      },
      now,
    );
    const id = (await findActorByToken(tx, secret, now))?.credential?.tokenId;
    if (id === undefined) throw new Error(`The new token of the agent pool ${pool.id} does not work.`);
    const token: AgentToken = {
      id,
      agentPoolId: pool.id,
      organizationId: pool.organizationId,
      description,
      createdBy: { id: actor.id, name: actor.name },
      createdAt: now,
      lastUsedAt: null,
    };
    await insertAgentToken(tx, token);
    return { token, secret };
  });
}

/** Undefined for a credential that is none of a pool, or of a pool that the actor may not see. */
export async function getAgentToken(db: Db, actor: Actor, id: string): Promise<AgentToken | undefined> {
  const token = await findAgentToken(db, id);
  return token !== undefined && canSee(actor, { organizationId: token.organizationId }) ? token : undefined;
}

/** Ends the credential: runners that have it are refused from their next call on. False: there is no such token. */
export async function deleteAgentToken(db: Db, actor: Actor, id: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    if ((await getAgentToken(tx, actor, id)) === undefined) return false;
    await deleteTokenRow(tx, id);
    return true;
  });
}

/** Errors: not_found/agent_not_found. */
export async function getAgent(db: Db, actor: Actor, id: string): Promise<Agent> {
  const agent = await findAgent(db, id);
  if (agent === undefined || !canSee(actor, { organizationId: agent.organizationId })) throw agentNotFound();
  return agent;
}

/** Forgets a runner that is gone. Errors: not_found/agent_not_found, precondition/agent_alive. */
export async function deleteAgent(deps: AgentPoolDeps, actor: Actor, id: string): Promise<void> {
  const agent = await getAgent(deps.db, actor, id);
  const status = agentStatus(agent, deps.now());
  if (status === "idle" || status === "busy") {
    throw new DomainError("precondition", "agent_alive", `The agent is ${status}. Stop it first.`);
  }
  await deleteAgentRow(deps.db, id);
}

/** A runner, as the pool that it works for knows it. */
export interface Claimant {
  readonly actor: Actor;
  /** Null: it works for the workspaces that name no pool. */
  readonly agent: { readonly id: string; readonly agentPoolId: string } | null;
}

/** Who asks for work: of a runner of a pool it is noted that it was heard of. */
export async function noteClaimant(
  deps: { readonly db: Db; readonly now: Clock },
  actor: Actor,
  seen: { readonly name: string; readonly ipAddress: string },
): Promise<Claimant> {
  const tokenId = actor.credential?.tokenId;
  const agentPoolId = tokenId === undefined ? null : await findPoolOfToken(deps.db, tokenId);
  if (tokenId === undefined || agentPoolId === null) return { actor, agent: null };
  const id = await notePing(deps.db, { agentPoolId, tokenId, ...seen }, deps.now());
  return { actor, agent: { id, agentPoolId } };
}
