import { Type } from "typebox";
import { archiveConfiguration } from "../../features/runs/index.ts";
import {
  configurationVersionNotFound,
  createConfigurationVersion,
  getConfigurationVersion,
  listConfigurationVersions,
  type ConfigurationVersion,
} from "../../features/config-versions/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import { toRfc3339OrNull } from "../../platform/clock.ts";
import type { Route } from "../shared/plane.ts";
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
      // The answer leads to a link that works without a credential, for a minute.
      method: "GET",
      path: "/configuration-versions/:id/download",
      needs: "run:read",
      audit: "configuration-version.download",
      handle: async (call) => {
        const version = await getConfigurationVersion(deps.db, call.actor, param(call, "id"));
        if (version.blobKey === null) throw configurationVersionNotFound();
        const location = await signLink(deps, "configuration-archive", version.id);
        return { status: 302, headers: { location } };
      },
    },
  ];
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
