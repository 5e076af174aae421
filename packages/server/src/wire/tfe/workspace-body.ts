import { Type } from "typebox";
import { parseExecutionMode, type ModeChange } from "../../features/projects/index.ts";
import type { Tag, WorkspaceChange } from "../../features/workspaces/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call } from "../shared/plane.ts";
import { clientEngineOf, isCommandLine } from "./client-engine.ts";
import { attributesWithNulls, maybe, relatedId, relatedItems, relationTo, resourceBody } from "./json-api.ts";

export const tagBindingData = Type.Array(
  Type.Object({
    attributes: Type.Object({ key: Type.String(), value: maybe(Type.String()) }),
  }),
  { maxItems: 100 },
);
export const tagData = Type.Array(
  Type.Object({
    id: Type.Optional(Type.String({ maxLength: 300 })),
    attributes: Type.Optional(Type.Object({ name: Type.Optional(Type.String()) })),
  }),
  { maxItems: 100 },
);

const paths = maybe(Type.Array(Type.String(), { maxItems: 1000 }));
const workspaceAttributes = {
  "agent-pool-id": maybe(Type.String({ maxLength: 255 })),
  "allow-destroy-plan": maybe(Type.Boolean()),
  "assessments-enabled": maybe(Type.Boolean()),
  "auto-apply": maybe(Type.Boolean()),
  "auto-apply-run-trigger": maybe(Type.Boolean()),
  "auto-destroy-activity-duration": maybe(Type.String({ maxLength: 255 })),
  "auto-destroy-at": maybe(Type.String({ maxLength: 64 })),
  description: maybe(Type.String({ maxLength: 1000 })),
  engine: maybe(Type.String()),
  "execution-mode": maybe(Type.String()),
  "file-triggers-enabled": maybe(Type.Boolean()),
  "global-remote-state": maybe(Type.Boolean()),
  "hyok-enabled": maybe(Type.Boolean()),
  "inherits-project-auto-destroy": maybe(Type.Boolean()),
  "migration-environment": maybe(Type.String({ maxLength: 255 })),
  operations: maybe(Type.Boolean()),
  "project-remote-state": maybe(Type.Boolean()),
  "queue-all-runs": maybe(Type.Boolean()),
  "setting-overwrites": maybe(
    Type.Object({ "execution-mode": maybe(Type.Boolean()), "agent-pool": maybe(Type.Boolean()) }),
  ),
  "source-name": maybe(Type.String({ maxLength: 255 })),
  "source-url": maybe(Type.String({ maxLength: 2048 })),
  "speculative-enabled": maybe(Type.Boolean()),
  "structured-run-output-enabled": maybe(Type.Boolean()),
  "terraform-version": maybe(Type.String({ maxLength: 64 })),
  "trigger-patterns": paths,
  "trigger-prefixes": paths,
  "vcs-repo": maybe(Type.Object({})),
  "working-directory": maybe(Type.String({ maxLength: 512 })),
};

const workspaceRelationships = {
  project: relationTo("projects"),
  tags: maybe(Type.Object({ data: maybe(tagData) })),
  "tag-bindings": maybe(Type.Object({ data: maybe(tagBindingData) })),
};

export const CreateWorkspaceBody = resourceBody(
  "workspaces",
  { name: Type.String(), ...workspaceAttributes },
  workspaceRelationships,
);
export const UpdateWorkspaceBody = resourceBody(
  "workspaces",
  { name: maybe(Type.String()), ...workspaceAttributes },
  workspaceRelationships,
);

interface WorkspaceAttributes {
  readonly "agent-pool-id": string;
  readonly "allow-destroy-plan": boolean;
  readonly "assessments-enabled": boolean;
  readonly "auto-apply": boolean;
  readonly "auto-apply-run-trigger": boolean;
  readonly "auto-destroy-activity-duration": string;
  readonly "auto-destroy-at": string;
  readonly description: string;
  readonly engine: string;
  readonly "execution-mode": string;
  readonly "file-triggers-enabled": boolean;
  readonly "global-remote-state": boolean;
  readonly "hyok-enabled": boolean;
  readonly "inherits-project-auto-destroy": boolean;
  readonly "migration-environment": string;
  readonly name: string;
  readonly operations: boolean;
  readonly "project-remote-state": boolean;
  readonly "queue-all-runs": boolean;
  readonly "setting-overwrites": { readonly "execution-mode"?: boolean | null; readonly "agent-pool"?: boolean | null };
  readonly "source-name": string;
  readonly "source-url": string;
  readonly "speculative-enabled": boolean;
  readonly "structured-run-output-enabled": boolean;
  readonly "terraform-version": string;
  readonly "trigger-patterns": readonly string[];
  readonly "trigger-prefixes": readonly string[];
  readonly "vcs-repo": object;
  readonly "working-directory": string;
}

type Given = { readonly [K in keyof WorkspaceAttributes]?: WorkspaceAttributes[K] | null };

/** The name that a checked body gives. */
export function nameOf(call: Call): string {
  return attributesWithNulls<WorkspaceAttributes>(call).name ?? "";
}

/**
 * What a body asks to be set. Null takes a value away where there can be none, and means nothing elsewhere. Errors:
 * invalid/not_supported, invalid/execution_mode, invalid/engine, invalid/auto_destroy_at.
 */
export function changeOf(call: Call): WorkspaceChange {
  const given = attributesWithNulls<WorkspaceAttributes>(call);
  refuseUnsupported(given);
  const projectExternalId = relatedId(call, "project");
  const sourceUrl = given["source-url"] === "" ? null : given["source-url"];
  return {
    ...flagsOf(given),
    ...(given.name == null ? {} : { name: given.name }),
    ...(given.description === undefined ? {} : { description: given.description ?? "" }),
    ...(given["working-directory"] === undefined ? {} : { workingDirectory: given["working-directory"] ?? "" }),
    ...(given["trigger-prefixes"] == null ? {} : { triggerPrefixes: given["trigger-prefixes"] }),
    ...(given["trigger-patterns"] == null ? {} : { triggerPatterns: given["trigger-patterns"] }),
    ...(given["source-name"] === undefined ? {} : { sourceName: given["source-name"] }),
    ...(sourceUrl === undefined ? {} : { sourceUrl }),
    ...(given["auto-destroy-at"] === undefined ? {} : { autoDestroyAt: timeOf(given["auto-destroy-at"]) }),
    ...(given["auto-destroy-activity-duration"] === undefined
      ? {}
      : { autoDestroyActivityDuration: given["auto-destroy-activity-duration"] }),
    ...(projectExternalId === undefined ? {} : { projectExternalId }),
    ...engineChange(call, given),
    mode: modeOf(given),
  };
}

/** Whether a body asks for another project and for nothing else. */
export function movesOnly(call: Call): boolean {
  const isEmpty = Object.keys(attributesWithNulls<WorkspaceAttributes>(call)).length === 0;
  return isEmpty && relatedId(call, "project") !== undefined && tagBindingsOf(call) === undefined;
}

function flagsOf(given: Given): WorkspaceChange {
  const flag = <Name extends string>(name: Name, value: boolean | null | undefined) =>
    (value == null ? {} : { [name]: value }) as { readonly [K in Name]?: boolean };
  return {
    ...flag("allowDestroyPlan", given["allow-destroy-plan"]),
    ...flag("assessmentsEnabled", given["assessments-enabled"]),
    ...flag("autoApply", given["auto-apply"]),
    ...flag("autoApplyRunTrigger", given["auto-apply-run-trigger"]),
    ...flag("fileTriggersEnabled", given["file-triggers-enabled"]),
    ...flag("globalRemoteState", given["global-remote-state"]),
    ...flag("inheritsProjectAutoDestroy", given["inherits-project-auto-destroy"]),
    ...flag("projectRemoteState", given["project-remote-state"]),
    ...flag("queueAllRuns", given["queue-all-runs"]),
    ...flag("speculativeEnabled", given["speculative-enabled"]),
    ...flag("structuredRunOutputEnabled", given["structured-run-output-enabled"]),
  };
}

function refuseUnsupported(given: Given): void {
  const refused: [boolean, string, string][] = [
    [
      given["vcs-repo"] != null,
      "vcs-repo",
      "connections to version control. Upload configurations with the command line or the API",
    ],
    [given["hyok-enabled"] === true, "hyok-enabled", "keys of your own for single workspaces"],
    [(given["migration-environment"] ?? "") !== "", "migration-environment", "migrations from the legacy service"],
  ];
  for (const [isAsked, attribute, what] of refused) {
    if (isAsked) {
      throw new DomainError("invalid", "not_supported", `${attribute}: this server does not offer ${what}.`);
    }
  }
}

function modeOf(given: Given): ModeChange {
  const named = given["execution-mode"];
  const old = given.operations == null ? undefined : given.operations ? "remote" : "local";
  if (named != null && old !== undefined) {
    throw new DomainError(
      "invalid",
      "execution_mode",
      "Operations is deprecated and cannot be given together with execution-mode. Leave it out.",
    );
  }
  const mode = named ?? old;
  const overwrites = given["setting-overwrites"];
  return {
    ...(mode === undefined ? {} : { mode: parseExecutionMode(mode) }),
    // Some clients mean none by an empty text.
    ...(given["agent-pool-id"] === undefined ? {} : { agentPoolId: given["agent-pool-id"] || null }),
    ...(overwrites?.["execution-mode"] == null ? {} : { overwritesMode: overwrites["execution-mode"] }),
    ...(overwrites?.["agent-pool"] == null ? {} : { overwritesPool: overwrites["agent-pool"] }),
  };
}

function timeOf(text: string | null): Millis | null {
  if (text === null) return null;
  const at = Date.parse(text);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) && !Number.isNaN(at)) return at;
  throw new DomainError(
    "invalid",
    "auto_destroy_at",
    `Auto destroy at ${JSON.stringify(text)} is not a time. Write it as 2026-01-31T18:00:00Z.`,
  );
}

/** See the docstring of `Workspace`: a version from a command line is a note, from anybody else a demand. */
function engineChange(call: Call, given: Given): WorkspaceChange {
  const { engine } = given;
  const version = given["terraform-version"];
  if (engine != null && engine !== "tofu" && engine !== "terraform") {
    throw new DomainError("invalid", "engine", `Engine ${JSON.stringify(engine)} is unknown. Use tofu or terraform.`);
  }
  const name: WorkspaceChange = engine === undefined ? {} : { engineName: engine };
  if (version == null) return name;
  if (isCommandLine(call.request)) {
    return { ...name, terraformVersion: version, clientEngine: clientEngineOf(call.request) };
  }
  return { ...name, terraformVersion: version, engineVersion: version === "latest" ? null : version };
}

interface TagItem {
  readonly attributes?: { readonly name?: string };
}
interface TagBindingItem {
  readonly attributes: { readonly key: string; readonly value?: string | null };
}

/** Tags of both forms. */
export function tagsOf(call: Call): Tag[] {
  const plain = relatedItems<TagItem>(call, "tags") ?? [];
  return [
    ...plain.map(({ attributes }) => ({ key: attributes?.name ?? "", value: "" })),
    ...(tagBindingsOf(call) ?? []),
  ];
}

/** Tags with values; undefined when the body says nothing of them. */
export function tagBindingsOf(call: Call): Tag[] | undefined {
  return relatedItems<TagBindingItem>(call, "tag-bindings")?.map(toTag);
}

/** The tags that a request about tag bindings names. */
export function bindingsOfBody(call: Call): Tag[] {
  return (call.body as { data: TagBindingItem[] }).data.map(toTag);
}

function toTag({ attributes }: TagBindingItem): Tag {
  return { key: attributes.key, value: attributes.value ?? "" };
}
