import { Type } from "typebox";
import type { BucketRef } from "../../features/buckets/index.ts";
import { findVersionContents, loadChannelContent } from "../../features/builds/index.ts";
import {
  assignChannelVersion,
  createChannel,
  deleteChannel,
  readChannel,
  readChannelHistory,
  readChannels,
  updateChannel,
  type Channel,
} from "../../features/channels/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import type { DomainError } from "../../platform/errors.ts";
import type { Route } from "../shared/plane.ts";
import { RpcRefusal } from "../shared/rpc-status.ts";
import { operation, refuse, type OperationCall } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { pageOrder, parsePage, presentPagination } from "./page.ts";
import { presentChannel } from "./present-channel.ts";
import { presentVersion } from "./present-version.ts";
import { given, parseUpdateMask, textGiven } from "./request-body.ts";
import { registryAuthor } from "./wire-words.ts";

export function channelRoutes(deps: HcpPackerDeps): Route[] {
  const channels = "/buckets/:bucket_name/channels";
  return [
    operation({
      name: "ListChannels",
      method: "GET",
      path: channels,
      needs: "registry:read",
      async handle(call) {
        const listed = await readChannels(deps.db, call.actor, call.bucket);
        return { channels: await presentChannels(deps, call, listed) };
      },
    }),

    operation({
      name: "CreateChannel",
      method: "POST",
      path: channels,
      needs: "channel:write",
      body: Type.Object({
        name: Type.String(),
        version_fingerprint: given(Type.String()),
        restricted: given(Type.Boolean()),
      }),
      async handle(call) {
        const fingerprint = textGiven(call.body.version_fingerprint);
        const channel = await createChannel(deps, call.actor, call.bucket, {
          name: call.body.name,
          restricted: call.body.restricted === true,
          ...(fingerprint === undefined ? {} : { fingerprint }),
        });
        return answerChannel(deps, call, channel);
      },
      reword: (error, { body }) => rewordUnknownVersion(error, body.version_fingerprint),
    }),

    operation({
      name: "AssignChannelVersion",
      method: "POST",
      path: `${channels}/assign`,
      needs: "channel:write",
      body: Type.Object({ source_channel: Type.String(), target_channel: Type.String() }),
      async handle(call) {
        const { version, source, target } = await assignChannelVersion(deps, call.actor, call.bucket, {
          source: call.body.source_channel,
          target: call.body.target_channel,
        });
        const [presentedSource, presentedTarget] = await presentChannels(deps, call, [source, target]);
        return {
          fingerprint: version.fingerprint,
          version: presentedTarget?.version ?? null,
          source_channel: presentedSource,
          target_channel: presentedTarget,
        };
      },
      reword: (error, { body }) =>
        error.code === "channel_managed"
          ? refuse(error, 9, 400, `Cannot assign to managed channel '${body.target_channel}'`)
          : error,
    }),

    operation({
      name: "GetChannel",
      method: "GET",
      path: `${channels}/:channel_name`,
      needs: "registry:read",
      async handle(call) {
        const channel = await readChannel(deps.db, call.actor, channelRef(call));
        const content = await loadChannelContent(deps.db, channel);
        if (call.actor.kind === "run") {
          await deps.noteChannelRead?.(call.actor, {
            channelId: channel.id,
            bucketName: channel.bucketName,
            channelName: channel.name,
            versionId: content.version?.id ?? null,
          });
        }
        return { channel: presentChannel(content, { place: call.place, now: deps.now() }) };
      },
    }),

    operation({
      name: "UpdateChannel",
      method: "PATCH",
      path: `${channels}/:channel_name`,
      needs: "channel:write",
      body: Type.Object({
        version_fingerprint: given(Type.String()),
        restricted: given(Type.Boolean()),
        update_mask: given(Type.String()),
      }),
      async handle(call) {
        const { body } = call;
        const mask = parseUpdateMask(textGiven(body.update_mask) ?? "", ["version_fingerprint", "restricted"]);
        if (mask.size === 0) throw updateMaskMissing();
        // A field that the mask names and the body lacks is set to its zero value: clients leave zero values out.
        const channel = await updateChannel(deps, call.actor, channelRef(call), {
          ...(mask.has("version_fingerprint") ? { fingerprint: textGiven(body.version_fingerprint) ?? null } : {}),
          ...(mask.has("restricted") ? { restricted: body.restricted === true } : {}),
        });
        return answerChannel(deps, call, channel);
      },
      reword(error, { body, params }) {
        if (error.code !== "channel_managed") return rewordUnknownVersion(error, body.version_fingerprint);
        const message = `Can't update channel assignment on channel "${params["channel_name"] ?? ""}". This channel is managed by ${registryAuthor}`;
        return refuse(error, 9, 400, message);
      },
    }),

    operation({
      name: "DeleteChannel",
      method: "DELETE",
      path: `${channels}/:channel_name`,
      needs: "channel:write",
      async handle(call) {
        await deleteChannel(deps, call.actor, channelRef(call));
        return {};
      },
      reword: (error, { params }) =>
        error.code === "channel_managed"
          ? refuse(
              error,
              3,
              400,
              `Can't delete managed channel ${params["channel_name"] ?? ""}, it's controlled by ${registryAuthor}`,
            )
          : error,
    }),

    operation({
      name: "ListChannelAssignmentHistory",
      method: "GET",
      path: `${channels}/:channel_name/history`,
      needs: "registry:read",
      async handle(call) {
        const order = pageOrder(deps, call);
        const history = await readChannelHistory(deps.db, call.actor, channelRef(call), parsePage(call.query, order));
        const versions = await findVersionContents(
          deps.db,
          history.items.map((assignment) => assignment.versionId),
        );
        const presentation = { place: call.place, now: deps.now() };
        return {
          history: history.items.map((assignment) => {
            const loaded = versions.get(assignment.versionId);
            return {
              version: loaded === undefined ? null : presentVersion(loaded.version, loaded.builds, presentation),
              author_id: assignment.author ?? registryAuthor,
              assigned_at: toRfc3339(assignment.assignedAt),
            };
          }),
          count: history.total,
          pagination: presentPagination(history, order),
        };
      },
    }),
  ];
}

function channelRef(call: OperationCall<unknown>): BucketRef & { readonly channelName: string } {
  return { ...call.bucket, channelName: call.params["channel_name"] ?? "" };
}

async function answerChannel(deps: HcpPackerDeps, call: OperationCall<unknown>, channel: Channel) {
  const [presented] = await presentChannels(deps, call, [channel]);
  return { channel: presented };
}

async function presentChannels(deps: HcpPackerDeps, call: OperationCall<unknown>, channels: readonly Channel[]) {
  const versions = await findVersionContents(
    deps.db,
    channels.map((channel) => channel.versionId),
  );
  const presentation = { place: call.place, now: deps.now() };
  return channels.map((channel) => {
    const loaded = versions.get(channel.versionId ?? "");
    return presentChannel({ channel, version: loaded?.version ?? null, builds: loaded?.builds ?? [] }, presentation);
  });
}

/** Acceptance tests match on this text. Source: terraform-provider-hcp, resource_packer_channel_assignment_test.go. */
function rewordUnknownVersion(error: DomainError, fingerprint: string | null | undefined): DomainError {
  if (error.code !== "version_not_found") return error;
  return refuse(error, 5, 404, `version with fingerprint (fingerprint: ${fingerprint ?? ""}) does not exist`);
}

function updateMaskMissing(): RpcRefusal {
  return new RpcRefusal(
    { kind: "invalid", code: "update_mask_missing" },
    {
      code: 3,
      status: 400,
      message: "body: (update_mask: field mask: must be set.)",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          field_violations: [
            { field: "body.update_mask", description: "field mask: must be set", reason: "", localized_message: null },
          ],
        },
      ],
    },
  );
}
