import type { Db, Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { HclReader } from "../../platform/hcl/index.ts";
import type { Actor, Place } from "../access/index.ts";
import { getProjectOf, parseLabels, requireActiveRegistry, type Labels } from "../buckets/index.ts";
import type { TemplateType } from "../versions/index.ts";
import { checkContent } from "./check-content.ts";
import {
  blockExists,
  blocksMax,
  parseBlockDescription,
  parseBlockName,
  versionsMax,
  type EnforcedBlock,
  type EnforcedBlockVersion,
} from "./enforced-block.ts";
import {
  countBlocks,
  countBlockVersions,
  deleteBlockRow,
  deleteBlockVersionRow,
  getBlockVersion,
  insertBlock,
  insertBlockVersion,
  isBlockNameTaken,
  lockBlock,
  saveBlock,
  saveBlockVersion,
} from "./enforced-block-store.ts";
import { listLinks } from "./link-store.ts";

export interface EditBlockDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly readHcl: HclReader;
}

/** A block as callers name it. */
export interface BlockRef extends Place {
  readonly blockId: string;
}

export interface BlockVersionRef extends BlockRef {
  readonly versionId: string;
}

export interface NewBlockVersion {
  readonly label: string;
  /** Unset: that of the content. */
  readonly templateType: TemplateType;
  readonly content: string;
  readonly description?: string;
}

/** The project, when its registry can be changed. Errors: not_found/project_not_found, precondition/registry_deactivated. */
export async function getActiveProject(tx: Tx, actor: Actor, place: Place): Promise<{ readonly id: string }> {
  const project = await getProjectOf(tx, actor, place);
  await requireActiveRegistry(tx, project.id);
  return project;
}

/** The content is read before any transaction: that takes another thread, and longer than a lock may be held. */
async function checkVersion(deps: EditBlockDeps, given: NewBlockVersion) {
  const label = parseBlockName("version of an enforced block", given.label);
  const description = parseBlockDescription(given.description ?? "");
  const { syntax } = await checkContent(given.content, deps.readHcl);
  const templateType = given.templateType === "unset" ? syntax : given.templateType;
  return { label, description, templateType, content: given.content };
}

/**
 * Makes a block with its first version. Errors: not_found/project_not_found, invalid/name, invalid/labels,
 * invalid/description, invalid/block_content, unavailable/hcl_busy, conflict/enforced_block_exists,
 * precondition/too_many_enforced_blocks.
 */
export async function createBlock(
  deps: EditBlockDeps,
  actor: Actor,
  place: Place,
  given: NewBlockVersion & { readonly name: string; readonly labels?: Labels },
): Promise<{ readonly block: EnforcedBlock; readonly version: EnforcedBlockVersion }> {
  await getProjectOf(deps.db, actor, place);
  const name = parseBlockName("name of an enforced block", given.name);
  const labels = parseLabels(given.labels ?? {});
  const content = await checkVersion(deps, given);
  const now = deps.now();
  return deps.db.transaction().execute(async (tx) => {
    const project = await getActiveProject(tx, actor, place);
    if ((await countBlocks(tx, project.id)) >= blocksMax) {
      throw new DomainError(
        "precondition",
        "too_many_enforced_blocks",
        `A project has at most ${blocksMax} enforced blocks. Delete one that no bucket is linked to.`,
      );
    }
    const block = await insertBlock(tx, { projectId: project.id, name, labels }, now);
    const version = block && (await insertBlockVersion(tx, { blockId: block.id, ...content }, now));
    if (block === undefined || version === undefined) throw blockExists(name);
    return { block, version };
  });
}

/**
 * Adds a version to a block; what is linked stays linked to its own. Errors: those of {@link createBlock} for the
 * version, not_found/enforced_block_not_found, conflict/enforced_block_version_exists,
 * precondition/too_many_enforced_block_versions.
 */
export async function createBlockVersion(
  deps: EditBlockDeps,
  actor: Actor,
  ref: BlockRef,
  given: NewBlockVersion,
): Promise<EnforcedBlockVersion> {
  await getProjectOf(deps.db, actor, ref);
  const content = await checkVersion(deps, given);
  const now = deps.now();
  return deps.db.transaction().execute(async (tx) => {
    const project = await getActiveProject(tx, actor, ref);
    const block = await lockBlock(tx, { projectId: project.id, blockId: ref.blockId });
    if ((await countBlockVersions(tx, block.id)) >= versionsMax) {
      throw new DomainError(
        "precondition",
        "too_many_enforced_block_versions",
        `An enforced block has at most ${versionsMax} versions. Delete one that no bucket is linked to.`,
      );
    }
    const version = await insertBlockVersion(tx, { blockId: block.id, ...content }, now);
    if (version === undefined) {
      throw new DomainError(
        "conflict",
        "enforced_block_version_exists",
        `The version ${content.label} of the enforced block ${block.name} already exists. A version never changes; choose another label.`,
      );
    }
    await saveBlock(tx, block, now);
    return version;
  });
}

/** Sets what is given. Errors: not_found/enforced_block_not_found, invalid/name, invalid/labels, conflict/enforced_block_exists. */
export async function updateBlock(
  deps: Pick<EditBlockDeps, "db" | "now">,
  actor: Actor,
  ref: BlockRef,
  change: { readonly name?: string; readonly labels?: Labels },
): Promise<EnforcedBlock> {
  const name = change.name === undefined ? undefined : parseBlockName("name of an enforced block", change.name);
  const labels = change.labels === undefined ? undefined : parseLabels(change.labels);
  return deps.db.transaction().execute(async (tx) => {
    const project = await getActiveProject(tx, actor, ref);
    const block = await lockBlock(tx, { projectId: project.id, blockId: ref.blockId });
    if (name === undefined && labels === undefined) return block;
    const next = { ...block, name: name ?? block.name, labels: labels ?? block.labels, updatedAt: deps.now() };
    if (await isBlockNameTaken(tx, next)) throw blockExists(next.name);
    await saveBlock(tx, next, next.updatedAt);
    return next;
  });
}

/** The description is all that can change. Errors: not_found/enforced_block_version_not_found, invalid/description. */
export async function updateBlockVersion(
  deps: Pick<EditBlockDeps, "db" | "now">,
  actor: Actor,
  ref: BlockVersionRef,
  change: { readonly description?: string },
): Promise<EnforcedBlockVersion> {
  const description = change.description === undefined ? undefined : parseBlockDescription(change.description);
  return deps.db.transaction().execute(async (tx) => {
    const project = await getActiveProject(tx, actor, ref);
    const block = await lockBlock(tx, { projectId: project.id, blockId: ref.blockId });
    const version = await getBlockVersion(tx, { blockId: block.id, versionId: ref.versionId });
    if (description === undefined) return version;
    const next = { ...version, description, updatedAt: deps.now() };
    await saveBlockVersion(tx, next, next.updatedAt);
    return next;
  });
}

/** Errors: not_found/enforced_block_not_found, precondition/enforced_block_linked. */
export async function deleteBlock(deps: { readonly db: Db }, actor: Actor, ref: BlockRef): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const project = await getActiveProject(tx, actor, ref);
    const block = await lockBlock(tx, { projectId: project.id, blockId: ref.blockId });
    refuseLinked(`enforced block ${block.name}`, (await listLinks(tx, { blockId: block.id })).length);
    await deleteBlockRow(tx, block.id);
  });
}

/** Errors: not_found/enforced_block_version_not_found, precondition/enforced_block_linked. */
export async function deleteBlockVersion(deps: { readonly db: Db }, actor: Actor, ref: BlockVersionRef): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const project = await getActiveProject(tx, actor, ref);
    const block = await lockBlock(tx, { projectId: project.id, blockId: ref.blockId });
    const version = await getBlockVersion(tx, { blockId: block.id, versionId: ref.versionId });
    refuseLinked(
      `version ${version.label} of the enforced block ${block.name}`,
      (await listLinks(tx, { versionId: version.id })).length,
    );
    await deleteBlockVersionRow(tx, version.id);
  });
}

function refuseLinked(what: string, links: number): void {
  if (links === 0) return;
  throw new DomainError(
    "precondition",
    "enforced_block_linked",
    `The ${what} is linked to ${links} bucket${links === 1 ? "" : "s"}, whose builds must run it. Unlink ${links === 1 ? "it" : "them"} first.`,
  );
}
