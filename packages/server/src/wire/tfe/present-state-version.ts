import type { StateVersion, StoredOutput } from "../../features/state-versions/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { toMany, toOne, type Resource } from "./json-api.ts";
import { signLink } from "./signed-links.ts";
import type { TfeDeps } from "./tfe-deps.ts";

export async function presentStateVersion(
  deps: TfeDeps,
  version: StateVersion,
  outputs: readonly StoredOutput[],
  options: {
    /** The bytes are expected, also when the version has them already: clients that announce a state upload it, come what may. */
    readonly awaited?: boolean;
  } = {},
): Promise<Resource> {
  const base = `${deps.publicUrl()}/api/v2/state-versions/${version.id}`;
  const pending = version.status === "pending";
  return {
    id: version.id,
    type: "state-versions",
    attributes: {
      status: version.status,
      intermediate: version.intermediate,
      serial: version.serial,
      lineage: version.lineage,
      md5: version.md5,
      size: version.blobBytes ?? 0,
      "created-at": toRfc3339(version.createdAt),
      "terraform-version": version.engineVersion,
      "state-version": version.engineVersion === null ? null : 4,
      "resources-processed": !pending,
      "billable-rum-count": pending ? null : version.resourceCount,
      "hosted-state-download-url": version.blobKey === null ? null : `${base}/download`,
      "hosted-json-state-download-url": version.jsonBlobKey === null ? null : `${base}/json-download`,
      ...((options.awaited ?? pending)
        ? {
            "hosted-state-upload-url": await signLink(deps, "state", version.id),
            "hosted-json-state-upload-url": await signLink(deps, "json-state", version.id),
          }
        : {}),
    },
    relationships: {
      workspace: toOne("workspaces", version.workspaceId),
      ...(version.runId === null ? {} : { run: toOne("runs", version.runId) }),
      outputs: toMany(
        "state-version-outputs",
        outputs.map((output) => output.id),
      ),
    },
    links: { self: `/api/v2/state-versions/${version.id}` },
  };
}

export function presentOutput(output: StoredOutput, withValue: boolean): Resource {
  return {
    id: output.id,
    type: "state-version-outputs",
    attributes: {
      name: output.name,
      sensitive: output.sensitive,
      type: simpleType(output.detailedType),
      value: withValue ? output.value : null,
      "detailed-type": output.detailedType,
    },
  };
}

/** The kind of a type without its elements: `list` of `["list","string"]`. */
function simpleType(detailed: unknown): string {
  const name: unknown = Array.isArray(detailed) ? detailed[0] : detailed;
  return typeof name === "string" ? name : "dynamic";
}

/** As a workspace lists it; a sensitive value is never among them. Source: go-tfe workspace.go, WorkspaceOutputs. */
export function presentWorkspaceOutput(output: StoredOutput): Resource {
  return {
    id: output.id,
    type: "workspace-outputs",
    attributes: {
      name: output.name,
      sensitive: output.sensitive,
      "output-type": simpleType(output.detailedType),
      value: output.sensitive ? null : output.value,
    },
  };
}
