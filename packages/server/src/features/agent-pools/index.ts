export { countAgents, deleteSilentAgents, listAgentTokens, listAgents, noteHeartbeat } from "./agent-store.ts";
export { findPoolOfAgent, listPoolWorkspaces, listPools, listScopes, type PoolFilter } from "./agent-pool-store.ts";
export { agentStatus, type Agent, type AgentPool, type AgentPoolScope, type AgentToken } from "./agent-pool.ts";
export {
  createAgentToken,
  deleteAgent,
  deleteAgentToken,
  getAgent,
  getAgentToken,
  noteClaimant,
  type Claimant,
} from "./agents.ts";
export {
  createAgentPool,
  deleteAgentPool,
  getAgentPool,
  updateAgentPool,
  type AgentPoolChange,
  type AgentPoolDeps,
} from "./edit-agent-pools.ts";
