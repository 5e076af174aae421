import { toRfc3339 } from "../../platform/clock.ts";
import type { Run } from "../runs/index.ts";
import type { Tag, Workspace } from "../workspaces/index.ts";

export interface InputVariable {
  readonly key: string;
  readonly category: string;
  readonly sensitive: boolean;
}

/** What policies see as `input`. Nothing comes from a version control system. Source: the published API, OPA input. */
export function evaluationInput(of: {
  readonly plan: unknown;
  readonly run: Run;
  readonly workspace: Workspace;
  readonly project: { readonly id: string; readonly name: string };
  readonly tags: readonly Tag[];
  readonly variables: readonly InputVariable[];
}): object {
  const { run, workspace, project } = of;
  return {
    plan: of.plan,
    run: {
      id: run.id,
      created_at: toRfc3339(run.createdAt),
      created_by: run.createdByName,
      message: run.message,
      commit_sha: "",
      is_destroy: run.isDestroy,
      refresh: run.refresh,
      refresh_only: run.refreshOnly,
      ...(run.replaceAddrs === null ? {} : { replace_addrs: run.replaceAddrs }),
      ...(run.targetAddrs === null ? {} : { target_addrs: run.targetAddrs }),
      speculative: run.planOnly,
      project,
      variables: Object.fromEntries(
        of.variables.map(({ key, category, sensitive }) => [
          key,
          { category: category === "env" ? "environment" : "input", sensitive },
        ]),
      ),
      organization: { name: workspace.organizationName },
      workspace: {
        id: workspace.id,
        name: workspace.name,
        created_at: toRfc3339(workspace.createdAt),
        description: workspace.description === "" ? null : workspace.description,
        execution_mode: workspace.executionMode,
        auto_apply: workspace.autoApply,
        tags: of.tags.map(({ key, value }) => (value === "" ? key : `${key}:${value}`)),
        working_directory: workspace.workingDirectory === "" ? null : workspace.workingDirectory,
        vcs_repo: null,
      },
    },
  };
}
