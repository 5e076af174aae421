import { Type } from "typebox";
import { archiveConfiguration, getRun } from "../../features/runs/index.ts";
import {
  configurationVersionNotFound,
  createConfigurationVersion,
  findConfigurationVersion,
  getConfigurationVersion,
  listConfigurationVersions,
  type ConfigurationVersion,
} from "../../features/config-versions/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import { toRfc3339OrNull } from "../../platform/clock.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { attributesOf, document, maybe, pageDocument, pageOf, param, resourceBody, type Resource } from "./json-api.ts";
import { signLink } from "./signed-links.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const CreateBody = resourceBody("configuration-versions", {
  "auto-queue-runs": maybe(Type.Boolean()),
  speculative: maybe(Type.Boolean()),
  provisional: maybe(Type.Boolean()),
});

interface Attributes {
  readonly "auto-queue-runs": boolean;
  readonly speculative: boolean;
  readonly provisional: boolean;
}

export function configurationVersionRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "POST",
      path: "/workspaces/:workspace_id/configuration-versions",
      needs: "run:create",
      audit: "configuration-version.create",
      body: Type.Optional(CreateBody),
      handle: async (call) => {
        const given = attributesOf<Attributes>(call);
        const version = await createConfigurationVersion(deps, call.actor, param(call, "workspace_id"), {
          speculative: given.speculative ?? false,
          provisional: given.provisional ?? false,
          // Absent means true for every client but the command line, which always says false.
          autoQueueRuns: given["auto-queue-runs"] ?? true,
        });
        return document(
          presentConfigurationVersion(version, await signLink(deps, "configuration", version.id)),
          [],
          201,
        );
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/configuration-versions",
      needs: "run:read",
      audit: "configuration-version.list",
      handle: async (call) => {
        const { id } = visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
        const page = pageOf(call);
        return pageDocument(page, await listConfigurationVersions(deps.db, id, page), (version) =>
          presentConfigurationVersion(version, null),
        );
      },
    },
    {
      method: "GET",
      path: "/configuration-versions/:id",
      needs: "run:read",
      audit: "configuration-version.read",
      handle: async (call) =>
        document(
          presentConfigurationVersion(await getConfigurationVersion(deps.db, call.actor, param(call, "id")), null),
        ),
    },
    {
      method: "POST",
      path: "/configuration-versions/:id/actions/archive",
      needs: "run:create",
      audit: "configuration-version.archive",
      handle: async (call) => {
        await archiveConfiguration(deps, call.actor, param(call, "id"));
        return { status: 202 };
      },
    },
    {
      method: "GET",
      path: "/configuration-versions/:id/download",
      needs: "run:read",
      audit: "configuration-version.download",
      handle: async (call) =>
        leadToArchive(deps, await getConfigurationVersion(deps.db, call.actor, param(call, "id"))),
    },
    {
      method: "GET",
      path: "/runs/:run_id/configuration-version",
      needs: "run:read",
      audit: "configuration-version.read",
      handle: async (call) => document(presentConfigurationVersion(await versionOfRun(deps, call), null)),
    },
    {
      method: "GET",
      path: "/runs/:run_id/configuration-version/download",
      needs: "run:read",
      audit: "configuration-version.download",
      handle: async (call) => leadToArchive(deps, await versionOfRun(deps, call)),
    },
  ];
}

async function versionOfRun(deps: TfeDeps, call: Call): Promise<ConfigurationVersion> {
  const run = await getRun(deps.db, call.actor, param(call, "run_id"));
  const version = await findConfigurationVersion(deps.db, run.configurationVersionId);
  if (version === undefined) throw configurationVersionNotFound();
  return version;
}

/** To a link that works without a credential, for a minute. Errors: not_found/configuration_version_not_found. */
async function leadToArchive(deps: TfeDeps, version: ConfigurationVersion): Promise<Reply> {
  if (version.blobKey === null) throw configurationVersionNotFound();
  return { status: 302, headers: { location: await signLink(deps, "configuration-archive", version.id) } };
}

/** The upload URL is shown once, to whoever made the version. */
export function presentConfigurationVersion(version: ConfigurationVersion, uploadUrl: string | null): Resource {
  return {
    id: version.id,
    type: "configuration-versions",
    attributes: {
      status: version.status,
      error: version.error,
      "error-message": version.errorMessage,
      "auto-queue-runs": version.autoQueueRuns,
      speculative: version.speculative,
      provisional: version.provisional,
      source: version.source,
      "upload-url": uploadUrl,
      "changed-files": [],
      "status-timestamps": version.uploadedAt === null ? {} : { "uploaded-at": toRfc3339OrNull(version.uploadedAt) },
    },
  };
}
