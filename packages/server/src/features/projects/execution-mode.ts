import { DomainError } from "../../platform/errors.ts";
import { executionModes, type ExecutionMode } from "./project.ts";

/** Where runs happen, and whose runners do the work when the mode is `agent`. */
export interface ModeChoice {
  readonly mode: ExecutionMode;
  /** Null unless the mode is `agent`. */
  readonly agentPoolId: string | null;
}

/** What a request says of the mode of a workspace, or of the default of a project. */
export interface ModeChange {
  readonly mode?: ExecutionMode;
  /** Null takes the pool away. */
  readonly agentPoolId?: string | null;
  /** False: the mode of what it lies in counts; true: it keeps its own. */
  readonly overwritesMode?: boolean;
  readonly overwritesPool?: boolean;
}

/** Errors: invalid/execution_mode. */
export function parseExecutionMode(text: string): ExecutionMode {
  const mode = executionModes.find((known) => known === text);
  if (mode !== undefined) return mode;
  throw new DomainError(
    "invalid",
    "execution_mode",
    `Execution mode ${JSON.stringify(text)} is unknown. Use remote, local or agent.`,
  );
}

function differs({ mode, agentPoolId }: ModeChange, inherited: ModeChoice): boolean {
  return (
    (mode ?? inherited.mode) !== inherited.mode || (agentPoolId ?? inherited.agentPoolId) !== inherited.agentPoolId
  );
}

/**
 * The choice after a change, and whether it is an own one. Naming a mode makes it an own one; together with the word that it is
 * inherited it does where it is another than the inherited one: a provider sends both, whatever is meant. Source:
 * terraform-provider-tfe, resource_tfe_workspace_settings.go. Errors:
 * invalid/setting_overwrites, invalid/agent_pool_without_agent_mode, invalid/agent_pool_missing, in the words that clients
 * look for. Source: go-tfe projects_integration_test.go.
 */
export function changeMode(
  current: ModeChoice & { readonly overwritten: boolean },
  inherited: ModeChoice,
  change: ModeChange,
): ModeChoice & { readonly overwritten: boolean } {
  const { overwritesMode, overwritesPool } = change;
  if (overwritesMode !== undefined && overwritesPool !== undefined && overwritesMode !== overwritesPool) {
    throw new DomainError(
      "invalid",
      "setting_overwrites",
      "If agent-pool and execution-mode are both included in setting-overwrites, their values must be the same.",
    );
  }
  const overwrites = overwritesMode ?? overwritesPool;
  const names = change.mode !== undefined || change.agentPoolId != null;
  const overwritten =
    overwrites === true || (overwrites === false ? differs(change, inherited) : names || current.overwritten);
  if (!overwritten) return { ...inherited, overwritten };
  const mode = change.mode ?? current.mode;
  if (mode !== "agent" && change.agentPoolId != null) {
    throw new DomainError(
      "invalid",
      "agent_pool_without_agent_mode",
      "Agent pool must not be specified unless using 'agent' execution mode",
    );
  }
  const agentPoolId = change.agentPoolId === undefined ? current.agentPoolId : change.agentPoolId;
  if (mode === "agent" && agentPoolId === null) {
    throw new DomainError(
      "invalid",
      "agent_pool_missing",
      "Default agent pool must be specified when using 'agent' execution mode",
    );
  }
  return { mode, agentPoolId: mode === "agent" ? agentPoolId : null, overwritten };
}
