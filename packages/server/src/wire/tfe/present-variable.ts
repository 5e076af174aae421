import type { StoredVariable, Variable } from "../../features/variables/index.ts";
import type { SetMembers, SetVariable, VariableSet } from "../../features/variable-sets/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { toMany, toOne, type Resource } from "./json-api.ts";

/** A workspace's own variable. A sensitive value is null for everybody, whatever the role. */
export function presentVariable(variable: Variable): Resource {
  return present(variable, { configurable: toOne("workspaces", variable.workspaceId) });
}

/** A variable of a set. */
export function presentSetVariable(variable: SetVariable): Resource {
  return present(variable, { varset: toOne("varsets", variable.variableSetId) });
}

function present(variable: StoredVariable, relationships: Readonly<Record<string, unknown>>): Resource {
  return {
    id: variable.id,
    type: "vars",
    attributes: {
      key: variable.key,
      value: variable.sensitive ? null : variable.value,
      description: variable.description,
      category: variable.category,
      hcl: variable.hcl,
      sensitive: variable.sensitive,
      "version-id": variable.versionId,
      "created-at": toRfc3339(variable.createdAt),
    },
    relationships,
  };
}

/** Source: go-tfe variable_set.go. */
export function presentVariableSet(
  set: VariableSet,
  organizationName: string,
  members: SetMembers | undefined,
): Resource {
  return {
    id: set.id,
    type: "varsets",
    attributes: {
      name: set.name,
      description: set.description,
      global: set.global,
      priority: set.priority,
      "created-at": toRfc3339(set.createdAt),
      "updated-at": toRfc3339(set.updatedAt),
      "var-count": members?.variables.length ?? 0,
      "workspace-count": members?.workspaces.length ?? 0,
      "project-count": members?.projects.length ?? 0,
    },
    relationships: {
      organization: toOne("organizations", organizationName),
      parent:
        set.parentProjectExternalId === null
          ? toOne("organizations", organizationName)
          : toOne("projects", set.parentProjectExternalId),
      workspaces: toMany("workspaces", members?.workspaces ?? []),
      projects: toMany("projects", members?.projects ?? []),
      vars: toMany("vars", members?.variables ?? []),
    },
    links: { self: `/api/v2/varsets/${set.id}` },
  };
}
