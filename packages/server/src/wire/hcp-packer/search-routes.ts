import { Type } from "typebox";
import {
  findBuildsOfArtifact,
  findVersionContents,
  loadChannelContent,
  matchLabels,
  type Build,
} from "../../features/builds/index.ts";
import { readChannel } from "../../features/channels/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Route } from "../shared/plane.ts";
import { operation } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { pageOrder, parsePage, presentPagination } from "./page.ts";
import { presentBuild } from "./present-build.ts";
import { presentVersion } from "./present-version.ts";
import { given, labelsSchema, textGiven } from "./request-body.ts";

export function searchRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "SearchExternalArtifact",
      method: "POST",
      path: "/_search/external_artifact",
      needs: "registry:read",
      reads: true,
      body: Type.Object({
        external_identifier: given(Type.String()),
        platform: given(Type.String()),
        region: given(Type.String()),
      }),
      async handle(call) {
        const { actor, place, body } = call;
        const order = pageOrder(deps, call);
        const platform = textGiven(body.platform);
        const region = textGiven(body.region);
        const cut = await findBuildsOfArtifact(deps.db, actor, place, {
          externalIdentifier: body.external_identifier ?? "",
          ...(platform === undefined ? {} : { platform }),
          ...(region === undefined ? {} : { region }),
          page: parsePage(call.query, order),
        });
        const versions = await findVersionContents(
          deps.db,
          cut.items.map((found) => found.versionId),
        );
        const presentation = { place, now: deps.now() };
        return {
          artifacts: cut.items.flatMap((found) => {
            const loaded = versions.get(found.versionId);
            const build = loaded?.builds.find((one) => one.id === found.buildId);
            if (loaded === undefined || build === undefined) return [];
            const version = presentVersion(loaded.version, loaded.builds, presentation);
            return [{ bucket: found.bucket, version: shortVersion(version), build: presentBuild(build) }];
          }),
          pagination: presentPagination(cut, order),
        };
      },
    }),

    // Of an older API, which terraform-provider-hcp 0.112 calls for `hcp_packer_artifact` with labels, and no other client.
    operation({
      name: "SearchImageByLabels",
      api: "2022-12-02",
      method: "POST",
      path: "/images/:bucket_name/channels/:channel_name/_search/by_labels",
      needs: "registry:read",
      reads: true,
      body: Type.Object({
        labels: given(labelsSchema),
        cloud_provider: given(Type.String()),
        region: given(Type.String()),
      }),
      async handle(call) {
        const channelName = call.params["channel_name"] ?? "";
        const channel = await readChannel(deps.db, call.actor, { ...call.bucket, channelName });
        const { version, builds } = await loadChannelContent(deps.db, channel);
        const platform = textGiven(call.body.cloud_provider);
        const region = textGiven(call.body.region);
        const build = matchLabels(builds, {
          labels: call.body.labels ?? {},
          ...(platform === undefined ? {} : { platform }),
          ...(region === undefined ? {} : { region }),
        });
        if (call.actor.kind === "run") {
          await deps.noteChannelRead?.(call.actor, {
            channelId: channel.id,
            bucketName: channel.bucketName,
            channelName,
            versionId: version?.id ?? null,
          });
        }
        if (version === null || build === undefined) throw noSuchImage(channelName);
        const presented = presentVersion(version, builds, { place: call.place, now: deps.now() });
        return {
          artifact: {
            bucket: { id: channel.bucketId, name: channel.bucketName },
            version: shortVersion(presented),
            build: presentBuild(build satisfies Build),
          },
        };
      },
    }),
  ];
}

/** The model ExternalArtifactVersion: what a reader of one image needs of its version. */
function shortVersion(version: ReturnType<typeof presentVersion>) {
  const { id, name, status, author_id, fingerprint } = version;
  const { revoke_at, revocation_message, revocation_author, revocation_type } = version;
  return {
    id,
    name,
    status,
    author_id,
    fingerprint,
    revoke_at,
    revocation_message,
    revocation_author,
    revocation_type,
  };
}

function noSuchImage(channelName: string): DomainError {
  return new DomainError(
    "not_found",
    "artifact_not_found",
    `The channel ${channelName} serves no artifact with these labels on this platform and in this region.`,
  );
}
