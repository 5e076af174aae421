import { Type } from "typebox";
import { listBucketAncestry } from "../../features/ancestry/index.ts";
import {
  createBucket,
  deleteBucket,
  getBucket,
  getProjectWithBuckets,
  listBuckets,
  summarizeBucket,
  updateBucket,
  type Bucket,
  type BucketOrder,
  type BucketSummary,
} from "../../features/buckets/index.ts";
import { findVersionContents } from "../../features/builds/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Route } from "../shared/plane.ts";
import { operation, type OperationCall } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { pageOrder, parsePage, parseSorting, presentPagination } from "./page.ts";
import { presentRelation } from "./present-ancestry.ts";
import { presentBucket } from "./present-bucket.ts";
import { given, labelsSchema, queryText, textGiven } from "./request-body.ts";

const bucketOrders: readonly BucketOrder[] = ["name", "created_at", "updated_at"];

export function bucketRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "ListBuckets",
      method: "GET",
      path: "/buckets",
      needs: "registry:read",
      async handle(call) {
        const { actor, place, query } = call;
        const sorting = parseSorting(query, bucketOrders, { field: "name", descending: false });
        const order = pageOrder(deps, call, sorting);
        const page = parsePage(query, order);
        const { project, bucketNames } = await getProjectWithBuckets(deps.db, actor, place);
        const cut = await listBuckets(deps.db, { projectId: project.id, names: bucketNames, page, sorting });
        const latest = await findVersionContents(
          deps.db,
          cut.items.map((bucket) => bucket.latestVersionId),
        );
        const presentation = { place, now: deps.now() };
        return {
          buckets: cut.items.map((bucket) =>
            presentBucket(bucket, latest.get(bucket.latestVersionId ?? "") ?? null, presentation),
          ),
          pagination: presentPagination(cut, order),
        };
      },
    }),

    operation({
      name: "CreateBucket",
      method: "PUT",
      path: "/buckets",
      needs: "registry:write",
      body: Type.Object({
        name: Type.String(),
        description: given(Type.String()),
        labels: given(labelsSchema),
      }),
      async handle(call) {
        const { actor, place, body } = call;
        const bucket = await createBucket(
          deps,
          actor,
          { ...place, name: body.name },
          { description: body.description ?? "", labels: body.labels ?? {} },
        );
        return answerBucket(deps, call, bucket);
      },
    }),

    operation({
      name: "GetBucket",
      method: "GET",
      path: "/buckets/:bucket_name",
      needs: "registry:read",
      async handle(call) {
        return answerBucket(deps, call, await getBucket(deps.db, call.actor, call.bucket));
      },
    }),

    operation({
      name: "UpdateBucket",
      method: "PATCH",
      path: "/buckets/:bucket_name",
      needs: "registry:write",
      body: Type.Object({
        // Always those of the latest version here, whatever a client believes.
        platforms: given(Type.Array(Type.String())),
        description: given(Type.String()),
        labels: given(labelsSchema),
      }),
      async handle(call) {
        const description = textGiven(call.body.description);
        const bucket = await updateBucket(deps, call.actor, call.bucket, {
          ...(description === undefined ? {} : { description }),
          ...(call.body.labels == null ? {} : { labels: call.body.labels }),
        });
        return answerBucket(deps, call, bucket);
      },
    }),

    operation({
      name: "DeleteBucket",
      method: "DELETE",
      path: "/buckets/:bucket_name",
      needs: "registry:write",
      async handle({ actor, bucket }) {
        await deleteBucket(deps, actor, bucket);
        return {};
      },
    }),

    operation({
      name: "ListBucketAncestry",
      method: "GET",
      path: "/buckets/:bucket_name/ancestry",
      needs: "registry:read",
      async handle(call) {
        const { actor, bucket, query } = call;
        const order = pageOrder(deps, call);
        const channelName = queryText(query, "channel_name");
        const fingerprint = queryText(query, "version_fingerprint");
        const relations = await listBucketAncestry(deps.db, actor, bucket, {
          ...parseAncestryType(query["type"]),
          ...(channelName === undefined ? {} : { channelName }),
          ...(fingerprint === undefined ? {} : { fingerprint }),
          page: parsePage(query, order),
        });
        return {
          relations: relations.items.map(presentRelation),
          total_count: relations.total,
          pagination: presentPagination(relations, order),
        };
      },
    }),
  ];
}

async function answerBucket(deps: HcpPackerDeps, call: OperationCall<unknown>, bucket: Bucket) {
  const summary: BucketSummary = (await summarizeBucket(deps.db, bucket.id)) ?? {
    ...bucket,
    versionCount: 0,
    latestVersionId: null,
    children: null,
  };
  const latest = await findVersionContents(deps.db, [summary.latestVersionId]);
  const presentation = { place: call.place, now: deps.now() };
  return { bucket: presentBucket(summary, latest.get(summary.latestVersionId ?? "") ?? null, presentation) };
}

function parseAncestryType(type: unknown): { readonly parents: boolean; readonly children: boolean } {
  switch (type) {
    case undefined:
    case "":
    case "ANCESTRY_TYPE_UNSET":
      return { parents: true, children: true };
    case "ANCESTRY_TYPE_PARENTS":
      return { parents: true, children: false };
    case "ANCESTRY_TYPE_CHILDREN":
      return { parents: false, children: true };
    default:
      throw new DomainError(
        "invalid",
        "enum",
        "type can be ANCESTRY_TYPE_UNSET, ANCESTRY_TYPE_PARENTS or ANCESTRY_TYPE_CHILDREN.",
      );
  }
}
