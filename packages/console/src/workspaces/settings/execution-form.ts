import { relatedId } from "../../api/json-api.ts";
import type { ExecutionMode, WorkspaceResource } from "../workspace-resource.ts";

export interface ExecutionForm {
  /** `inherit`: what its project says. */
  readonly mode: ExecutionMode | "inherit";
  readonly pool: string | null;
  /** Empty: whichever a runner has. */
  readonly engine: "" | "tofu" | "terraform";
  readonly version: string;
  readonly workingDirectory: string;
  readonly autoApply: boolean;
  readonly autoApplyRunTrigger: boolean;
  readonly allowDestroyPlan: boolean;
  readonly sshKey: string | null;
}

export function executionFormOf(workspace: WorkspaceResource): ExecutionForm {
  const { attributes } = workspace;
  return {
    mode: attributes["setting-overwrites"]["execution-mode"] ? attributes["execution-mode"] : "inherit",
    pool: relatedId(workspace, "agent-pool"),
    engine: attributes.engine ?? "",
    version: attributes["terraform-version"],
    workingDirectory: attributes["working-directory"] ?? "",
    autoApply: attributes["auto-apply"],
    autoApplyRunTrigger: attributes["auto-apply-run-trigger"],
    allowDestroyPlan: attributes["allow-destroy-plan"],
    sshKey: relatedId(workspace, "ssh-key"),
  };
}

/**
 * What to send of what was changed, in the words of the Terraform API; the SSH key has a call of its own. A version that
 * nobody touched is never sent: the one that is shown may be a note of a command line, and sending it would demand it.
 */
export function attributesOfExecution(
  form: ExecutionForm,
  changes: Partial<ExecutionForm>,
): Readonly<Record<string, unknown>> {
  const modeChanged = changes.mode !== undefined || changes.pool !== undefined;
  const inherits = form.mode === "inherit";
  return {
    ...(!modeChanged
      ? {}
      : inherits
        ? { "setting-overwrites": { "execution-mode": false, "agent-pool": false } }
        : {
            "execution-mode": form.mode,
            "setting-overwrites": { "execution-mode": true, "agent-pool": true },
            ...(form.mode === "agent" ? { "agent-pool-id": form.pool } : {}),
          }),
    ...(changes.engine === undefined ? {} : { engine: form.engine === "" ? null : form.engine }),
    ...(changes.version === undefined
      ? {}
      : { "terraform-version": form.version.trim() === "" ? "latest" : form.version.trim() }),
    ...(changes.workingDirectory === undefined ? {} : { "working-directory": form.workingDirectory.trim() }),
    ...(changes.autoApply === undefined ? {} : { "auto-apply": form.autoApply }),
    ...(changes.autoApplyRunTrigger === undefined ? {} : { "auto-apply-run-trigger": form.autoApplyRunTrigger }),
    ...(changes.allowDestroyPlan === undefined ? {} : { "allow-destroy-plan": form.allowDestroyPlan }),
  };
}
