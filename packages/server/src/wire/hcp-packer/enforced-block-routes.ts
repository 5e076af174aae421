import { findVersionContents } from "../../features/builds/index.ts";
import { Type, type Static } from "typebox";
import {
  createBlock,
  createBlockVersion,
  deleteBlock,
  deleteBlockVersion,
  fetchLinkedBlocks,
  linkBuckets,
  readBlock,
  readBlocks,
  readBlockVersions,
  readLinkedBuckets,
  updateBlock,
  updateBlockVersion,
  type BlockOrder,
  type BlockVersionRef,
  type LinkedBucket,
  type NewBlockVersion,
} from "../../features/enforced-blocks/index.ts";
import type { Route } from "../shared/plane.ts";
import { operation, type OperationCall } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { pageOrder, parsePage, parseSorting, presentPagination } from "./page.ts";
import { presentBucket } from "./present-bucket.ts";
import { presentBlock, presentBlockDetail, presentBlockVersion, presentLink } from "./present-enforced-block.ts";
import { given, labelsSchema, parseUpdateMask, textGiven } from "./request-body.ts";
import { parseWord, templateTypeWords } from "./wire-words.ts";

const blockOrders: readonly BlockOrder[] = ["name", "created_at", "updated_at"];
const blocks = "/enforced_blocks";
const block = `${blocks}/:enforced_block_id`;
const version = `${block}/versions/:enforced_block_version_id`;

const versionMembers = {
  version: given(Type.String()),
  template_type: given(Type.String()),
  block_content: given(Type.String()),
  additional_description: given(Type.String()),
};
const createBlockBody = Type.Object({ name: Type.String(), labels: given(labelsSchema), ...versionMembers });
const createVersionBody = Type.Object(versionMembers);

/** Blocks of provisioners that builds must run, their versions, and the buckets they are linked to. */
export function enforcedBlockRoutes(deps: HcpPackerDeps): Route[] {
  return [...blockRoutes(deps), ...blockVersionRoutes(deps), ...linkRoutes(deps)];
}

function blockRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "ListEnforcedBlocks",
      method: "GET",
      path: blocks,
      needs: "registry:read",
      async handle(call) {
        const { actor, place, query } = call;
        const sorting = parseSorting(query, blockOrders, { field: "name", descending: false });
        // The published answer has no tokens, so that a client that names no size must get every block at once.
        const order = pageOrder(deps, call, sorting, { sizeDefault: 1000 });
        const cut = await readBlocks(deps.db, actor, place, { page: parsePage(query, order), sorting });
        const isWhole = cut.next === null && cut.previous === null;
        return {
          enforced_blocks: cut.items.map((one) => presentBlock(one, place)),
          ...(isWhole ? {} : { pagination: presentPagination(cut, order) }),
        };
      },
    }),

    operation({
      name: "CreateEnforcedBlock",
      method: "PUT",
      path: blocks,
      needs: "registry:write",
      body: createBlockBody,
      async handle({ actor, place, body }) {
        const created = await createBlock(deps, actor, place, {
          ...parseVersion(body),
          name: body.name,
          labels: body.labels ?? {},
        });
        return { enforced_block: presentBlock(created.block, place, created.version) };
      },
    }),

    operation({
      name: "GetEnforcedBlock",
      method: "GET",
      path: block,
      needs: "registry:read",
      async handle(call) {
        const read = await readBlock(deps.db, call.actor, refOf(call));
        return { enforced_block: presentBlock(read.block, call.place, read.latest) };
      },
    }),

    operation({
      name: "UpdateEnforcedBlock",
      method: "PATCH",
      path: block,
      needs: "registry:write",
      body: Type.Object({
        name: given(Type.String()),
        labels: given(labelsSchema),
        update_mask: given(Type.String()),
      }),
      async handle(call) {
        const { body } = call;
        const mask = maskOf(body.update_mask, ["name", "labels"], body);
        const updated = await updateBlock(deps, call.actor, refOf(call), {
          ...(mask.has("name") ? { name: body.name ?? "" } : {}),
          ...(mask.has("labels") ? { labels: body.labels ?? {} } : {}),
        });
        return { enforced_block: presentBlock(updated, call.place) };
      },
    }),

    operation({
      name: "DeleteEnforcedBlock",
      method: "DELETE",
      path: block,
      needs: "registry:write",
      async handle(call) {
        await deleteBlock(deps, call.actor, refOf(call));
        return {};
      },
    }),
  ];
}

function blockVersionRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "GetEnforcedBlockVersions",
      method: "GET",
      path: `${block}/versions`,
      needs: "registry:read",
      async handle(call) {
        const read = await readBlockVersions(deps.db, call.actor, refOf(call));
        return { enforced_block_detail: read.versions.map((one) => presentBlockDetail(read.block.name, one)) };
      },
    }),

    operation({
      name: "CreateEnforcedBlockVersion",
      method: "PUT",
      path: `${block}/versions`,
      needs: "registry:write",
      body: createVersionBody,
      async handle(call) {
        const created = await createBlockVersion(deps, call.actor, refOf(call), parseVersion(call.body));
        return { enforced_block_version: presentBlockVersion(created) };
      },
    }),

    operation({
      name: "UpdateEnforcedBlockVersion",
      method: "PATCH",
      path: version,
      needs: "registry:write",
      body: Type.Object({ additional_description: given(Type.String()), update_mask: given(Type.String()) }),
      async handle(call) {
        const { body } = call;
        const mask = maskOf(body.update_mask, ["additional_description"], body);
        const updated = await updateBlockVersion(
          deps,
          call.actor,
          refOf(call),
          mask.has("additional_description") ? { description: body.additional_description ?? "" } : {},
        );
        return { enforced_block_version: presentBlockVersion(updated) };
      },
    }),

    operation({
      name: "DeleteEnforcedBlockVersion",
      method: "DELETE",
      path: version,
      needs: "registry:write",
      async handle(call) {
        await deleteBlockVersion(deps, call.actor, refOf(call));
        return {};
      },
    }),
  ];
}

function linkRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "GetEnforcedBlocksByBucket",
      method: "GET",
      path: `${blocks}/bucket/:bucket_name`,
      needs: "registry:read",
      async handle({ actor, bucket, client }) {
        const linked = await fetchLinkedBlocks(deps, actor, bucket, client);
        // Packer runs them in this order. Source: packer, internal/hcp/registry/hcl.go.
        return { enforced_block_detail: linked.map((one) => presentBlockDetail(one.name, one.version)) };
      },
    }),

    operation({
      name: "GetEnforcedBlockLinkedBuckets",
      method: "GET",
      path: `${version}/buckets`,
      needs: "registry:read",
      async handle(call) {
        const links = await readLinkedBuckets(deps.db, call.actor, refOf(call));
        return { linked_buckets: await presentLinkedBuckets(deps, call, links) };
      },
    }),

    operation({
      name: "ManageEnforcedBlockLinkedBuckets",
      method: "POST",
      path: `${version}/buckets`,
      needs: "registry:write",
      body: Type.Object({ bucket_names: given(Type.Array(Type.String())) }),
      async handle(call) {
        const names = call.body.bucket_names;
        // Null says that nothing is given, as everywhere; an empty list unlinks all. Source: hcp-sdk-go models.
        const links =
          names == null
            ? await readLinkedBuckets(deps.db, call.actor, refOf(call))
            : await linkBuckets(deps, call.actor, refOf(call), names);
        return {
          enforced_block_buckets: links.map((link) => ({ ...presentLink(link), bucket_id: link.bucketId })),
        };
      },
    }),
  ];
}

async function presentLinkedBuckets(deps: HcpPackerDeps, call: OperationCall<unknown>, links: readonly LinkedBucket[]) {
  const latest = await findVersionContents(
    deps.db,
    links.map((link) => link.bucket.latestVersionId),
  );
  const presentation = { place: call.place, now: deps.now() };
  return links.map((link) => {
    const content = latest.get(link.bucket.latestVersionId ?? "") ?? null;
    return { ...presentLink(link), bucket: presentBucket(link.bucket, content, presentation) };
  });
}

function refOf(call: OperationCall<unknown>): BlockVersionRef {
  const { enforced_block_id: blockId = "", enforced_block_version_id: versionId = "" } = call.params;
  return { ...call.place, blockId, versionId };
}

function parseVersion(body: Static<typeof createVersionBody>): NewBlockVersion {
  const templateType = textGiven(body.template_type);
  const description = textGiven(body.additional_description);
  return {
    label: body.version ?? "",
    templateType: templateType === undefined ? "unset" : parseWord(templateTypeWords, "template_type", templateType),
    content: body.block_content ?? "",
    ...(description === undefined ? {} : { description }),
  };
}

/** The fields to set: those of the mask, or without one those that the body has. */
function maskOf(
  mask: string | null | undefined,
  fields: readonly string[],
  body: Readonly<Record<string, unknown>>,
): ReadonlySet<string> {
  const named = parseUpdateMask(textGiven(mask) ?? "", fields);
  return named.size > 0 ? named : new Set(fields.filter((field) => body[field] != null && body[field] !== ""));
}
