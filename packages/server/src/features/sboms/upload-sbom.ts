import { createHash } from "node:crypto";
import type { Db, Tx } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newUlid } from "../../platform/ids.ts";
import { unpackZstd } from "../../platform/zstd.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, lockBucket } from "../buckets/index.ts";
import type { BuildRef } from "../builds/index.ts";
import { queueSbomScan } from "../vulnerabilities/index.ts";
import { linkPackages, writePackages } from "./package-store.ts";
import { readSbomDocument, type SbomContent } from "./read-document.ts";
import { parseSbomName, type Sbom, type SbomFormat } from "./sbom.ts";
import { attachDocument, deleteSboms, getBuildSboms, insertSbom, noteDocument, type BuildSboms } from "./sbom-store.ts";

export interface UploadSbomDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly now: Clock;
}

export interface SbomUpload {
  /** Packed with zstd. */
  readonly packed: Uint8Array;
  readonly format: SbomFormat;
  /** Undefined: the server chooses one. */
  readonly name: string | undefined;
}

/** Of a document, unpacked. One of a desktop with all its files has some 50 MB. */
export const sbomBytesMax = 64 << 20;
// They are listed in one answer.
const sbomsMax = 100;

/**
 * Keeps the bill of materials of a running build, and what it names. A document that cannot be parsed is kept too, and
 * says so. The same document under the same name is taken once; what an earlier run of the build has uploaded goes.
 * Errors: not_found/bucket_not_found, not_found/version_not_found, not_found/build_not_found, invalid/build_not_running,
 * invalid/sbom_name, invalid/sbom_compression, invalid/sbom_format, invalid/sbom_without_packages, conflict/sbom_exists,
 * precondition/too_many_sboms.
 */
export async function uploadSbom(deps: UploadSbomDeps, actor: Actor, ref: BuildRef, upload: SbomUpload): Promise<Sbom> {
  const bucket = await getBucket(deps.db, actor, ref);
  const key = { bucketId: bucket.id, fingerprint: ref.fingerprint, buildId: ref.buildId };
  const name = upload.name === undefined ? newUlid() : parseSbomName(upload.name);
  // Once before the work, so that nobody can make the server unpack for nothing, and once more under the lock.
  checkRunning(await getBuildSboms(deps.db, key));
  const document = await unpackZstd(upload.packed, sbomBytesMax);
  if (document === undefined) {
    throw new DomainError(
      "invalid",
      "sbom_compression",
      `The sbom is not compressed with zstd, is damaged, or has more than ${sbomBytesMax} bytes.`,
    );
  }
  const content = readSbomDocument(document);
  checkContent(content, upload.format);
  const packages = "packages" in content ? content.packages : null;
  const now = deps.now();
  const packageIds = packages === null ? [] : await writePackages(deps.db, bucket.projectId, packages, now);
  const id = newUlid();
  const blobKey = `sboms/${bucket.id}/${id}.zst`;
  await noteDocument(deps.db, { blobKey, bucketId: bucket.id }, now);
  await deps.blobs.put(blobKey, upload.packed);
  return deps.db.transaction().execute(async (tx) => {
    await lockBucket(tx, actor, ref);
    const build = await getBuildSboms(tx, key);
    checkRunning(build);
    const sbom: Sbom = {
      id,
      buildId: build.buildId,
      name,
      format: upload.format,
      unreadableBecause: "unreadableBecause" in content ? content.unreadableBecause : null,
      packageCount: packages?.length ?? null,
      author: actor.name,
      packerRunUuid: build.packerRunUuid,
      bytes: document.length,
      sha256: createHash("sha256").update(document).digest("hex"),
      createdAt: now,
    };
    const known = await makeRoom(tx, build, sbom);
    if (known !== undefined) return known;
    await insertSbom(tx, sbom);
    await linkPackages(tx, { sbomId: id, bucketId: bucket.id }, packageIds);
    if (!(await attachDocument(tx, blobKey, id))) {
      throw new DomainError(
        "unavailable",
        "upload_too_slow",
        "The upload took too long and was dropped; send it again.",
      );
    }
    await queueSbomScan(tx, id, now);
    return sbom;
  });
}

function checkRunning(build: BuildSboms): void {
  if (build.status === "running") return;
  // As the live service says it.
  throw new DomainError(
    "invalid",
    "build_not_running",
    "This build's status isn't Running, so sboms can not be uploaded",
  );
}

function checkContent(content: SbomContent, format: SbomFormat): void {
  if (content.format !== null && content.format !== format) {
    throw new DomainError(
      "invalid",
      "sbom_format",
      `The sbom is a document of the format ${content.format.toUpperCase()}; it was announced as ${format.toUpperCase()}.`,
    );
  }
  if ("packages" in content && content.packages.length === 0) {
    throw new DomainError("invalid", "sbom_without_packages", "sbom contains no packages");
  }
}

/** Removes what earlier runs have left. The SBOM itself when the build has it already, with the same content. */
async function makeRoom(tx: Tx, build: BuildSboms, sbom: Sbom): Promise<Sbom | undefined> {
  const ofThisRun = build.sboms.filter((one) => one.packerRunUuid === build.packerRunUuid);
  const earlier = build.sboms.filter((one) => !ofThisRun.includes(one));
  await deleteSboms(
    tx,
    earlier.map((one) => one.id),
  );
  const same = ofThisRun.find((one) => one.name === sbom.name);
  if (same !== undefined && same.sha256 === sbom.sha256 && same.format === sbom.format) return same;
  if (same !== undefined) {
    throw new DomainError("conflict", "sbom_exists", `The sbom with identifier ${sbom.name} already exists.`);
  }
  if (ofThisRun.length >= sbomsMax) {
    throw new DomainError("precondition", "too_many_sboms", `A build has at most ${sbomsMax} sboms.`);
  }
  return undefined;
}
