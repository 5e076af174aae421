import { Type, type Static } from "typebox";
import {
  createBuild,
  deleteBuild,
  readBuild,
  readBuilds,
  updateBuild,
  buildsMax,
  type BuildChange,
  type BuildOrder,
  type BuildRef,
} from "../../features/builds/index.ts";
import { noteBuildsListed } from "../../features/enforced-blocks/index.ts";
import type { Route } from "../shared/plane.ts";
import { operation, type OperationCall } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { pageOrder, parsePage, parseSorting, presentPagination } from "./page.ts";
import { presentLocation } from "./present-bucket.ts";
import { presentBuild } from "./present-build.ts";
import { given, labelsSchema, textGiven } from "./request-body.ts";
import { versionRef } from "./version-routes.ts";
import { buildStatusWords, parseWord } from "./wire-words.ts";

const artifact = Type.Object({ external_identifier: given(Type.String()), region: given(Type.String()) });
const freeForm = given(Type.Record(Type.String(), Type.Unknown()));

const changeMembers = {
  packer_run_uuid: given(Type.String()),
  artifacts: given(Type.Array(artifact)),
  platform: given(Type.String()),
  status: given(Type.String()),
  source_external_identifier: given(Type.String()),
  parent_version_id: given(Type.String()),
  parent_channel_id: given(Type.String()),
  labels: given(labelsSchema),
};
const createBuildBody = Type.Object({ component_type: Type.String(), ...changeMembers });
const updateBuildBody = Type.Object({
  ...changeMembers,
  metadata: given(Type.Object({ packer: freeForm, cicd: freeForm, vcs: freeForm })),
});
type UpdateBuildBody = Static<typeof updateBuildBody>;

const buildOrders: readonly BuildOrder[] = ["created_at", "updated_at", "component_type", "platform", "status"];

export function buildRoutes(deps: HcpPackerDeps): Route[] {
  const builds = "/buckets/:bucket_name/versions/:fingerprint/builds";
  return [
    operation({
      name: "ListBuilds",
      method: "GET",
      path: builds,
      needs: "registry:read",
      async handle(call) {
        const sorting = parseSorting(call.query, buildOrders, { field: "created_at", descending: false });
        // All at once, unless asked otherwise: Packer asks for no second page, and takes a build it does not see for done.
        const order = pageOrder(deps, call, sorting, { sizeDefault: buildsMax });
        const page = parsePage(call.query, order);
        const listed = await readBuilds(deps.db, call.actor, versionRef(call), { page, sorting });
        await noteBuildsListed(deps, call.actor, versionRef(call), call.client);
        return {
          location: presentLocation(call.place),
          pagination: presentPagination(listed, order),
          builds: listed.items.map(presentBuild),
        };
      },
    }),

    operation({
      name: "CreateBuild",
      method: "POST",
      path: builds,
      needs: "registry:write",
      body: createBuildBody,
      async handle(call) {
        const build = await createBuild(deps, call.actor, versionRef(call), {
          componentType: call.body.component_type,
          ...parseChange(call.body),
        });
        return { build: presentBuild(build) };
      },
    }),

    operation({
      name: "GetBuild",
      method: "GET",
      path: `${builds}/:build_id`,
      needs: "registry:read",
      async handle(call) {
        return { build: presentBuild(await readBuild(deps.db, call.actor, buildRef(call))) };
      },
    }),

    operation({
      name: "UpdateBuild",
      method: "PATCH",
      path: `${builds}/:build_id`,
      needs: "registry:write",
      body: updateBuildBody,
      work: isHeartbeat,
      async handle(call) {
        return {
          build: presentBuild(await updateBuild(deps, call.actor, buildRef(call), parseChange(call.body))),
        };
      },
    }),

    operation({
      name: "DeleteBuild",
      method: "DELETE",
      path: `${builds}/:build_id`,
      needs: "registry:write",
      async handle(call) {
        await deleteBuild(deps, call.actor, buildRef(call));
        return {};
      },
    }),
  ];
}

export function buildRef(call: OperationCall<unknown>): BuildRef {
  return { ...versionRef(call), buildId: call.params["build_id"] ?? "" };
}

/** Packer's sign of life, every two minutes: that the build runs, and nothing else. Source: packer, internal/hcp/registry. */
function isHeartbeat(body: unknown): boolean {
  const { status, packer_run_uuid: run, ...rest } = (body ?? {}) as Record<string, unknown>;
  void run;
  const says = (value: unknown): boolean => value != null && value !== "" && Object.values(value).length > 0;
  return status === "BUILD_RUNNING" && !Object.values(rest).some(says);
}

/** What is null, empty or unset says nothing; it never clears. Source: hcp-sdk-go models, `omitempty`. */
function parseChange(body: UpdateBuildBody): BuildChange {
  const status = textGiven(body.status);
  const parsed = status === undefined ? "unset" : parseWord(buildStatusWords, "status", status);
  const platform = textGiven(body.platform);
  const packerRunUuid = textGiven(body.packer_run_uuid);
  const source = textGiven(body.source_external_identifier);
  const parentVersionId = textGiven(body.parent_version_id);
  const parentChannelId = textGiven(body.parent_channel_id);
  return {
    ...(parsed === "unset" ? {} : { status: parsed }),
    ...(platform === undefined ? {} : { platform }),
    ...(packerRunUuid === undefined ? {} : { packerRunUuid }),
    ...(source === undefined ? {} : { sourceExternalIdentifier: source }),
    ...(parentVersionId === undefined ? {} : { parentVersionId }),
    ...(parentChannelId === undefined ? {} : { parentChannelId }),
    ...(body.labels == null ? {} : { labels: body.labels }),
    ...(body.metadata == null ? {} : { metadata: body.metadata }),
    ...(body.artifacts == null || body.artifacts.length === 0
      ? {}
      : {
          artifacts: body.artifacts.map((a) => ({
            externalIdentifier: a.external_identifier ?? "",
            region: a.region ?? "",
          })),
        }),
  };
}
