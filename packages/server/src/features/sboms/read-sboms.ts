import type { Db } from "../../db/database.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import { DomainError } from "../../platform/errors.ts";
import type { KeysetItems } from "../../platform/keyset.ts";
import { unpackZstd } from "../../platform/zstd.ts";
import type { Actor, Place } from "../access/index.ts";
import { getBucket, getProjectWithBuckets, type BucketRef } from "../buckets/index.ts";
import type { BuildRef } from "../builds/index.ts";
import { listPackages, type ListedPackage, type PackageList } from "./package-store.ts";
import {
  listContainingBuilds,
  searchPackages,
  type ContainingBuild,
  type PackageInBucket,
  type PackageSearch,
} from "./package-search-store.ts";
import { sbomNotFound, type Sbom } from "./sbom.ts";
import { findStoredSbom, getBuildSboms, listUnreadableSboms, type UnreadableSbom } from "./sbom-store.ts";
import { sbomBytesMax } from "./upload-sbom.ts";

/** All of a build, oldest first. Errors: not_found/bucket_not_found, not_found/version_not_found, not_found/build_not_found. */
export async function readSboms(db: Db, actor: Actor, ref: BuildRef): Promise<readonly Sbom[]> {
  const { id } = await getBucket(db, actor, ref);
  return (await getBuildSboms(db, { bucketId: id, fingerprint: ref.fingerprint, buildId: ref.buildId })).sboms;
}

/** Errors: as {@link readSboms}, and not_found/sbom_not_found. */
export async function readSbom(db: Db, actor: Actor, ref: BuildRef, name: string): Promise<Sbom> {
  const sbom = (await readSboms(db, actor, ref)).find((one) => one.name === name);
  if (sbom === undefined) throw sbomNotFound(name);
  return sbom;
}

/** The document as it was uploaded, unpacked; asks nobody whether the caller may have it. Errors: not_found/sbom_not_found. */
export async function openSbom(
  deps: { readonly db: Db; readonly blobs: BlobStore },
  id: string,
): Promise<{ readonly sbom: Sbom; readonly document: Buffer }> {
  const found = await findStoredSbom(deps.db, id);
  const packed = found && (await deps.blobs.get(found.blobKey));
  const document = packed && (await unpackZstd(packed, sbomBytesMax));
  if (found === undefined || document === undefined) throw sbomNotFound(id);
  return { sbom: found.sbom, document };
}

type ListOptions = Pick<PackageList, "filter" | "page" | "sorting">;

/** What is known of a list, and whose packages are not. */
export interface PackagesOfPlace {
  readonly packages: KeysetItems<ListedPackage>;
  readonly unreadable: readonly Pick<UnreadableSbom, "name" | "because">[];
}

/**
 * One page of what a build is made of. Errors: as {@link readSboms}, and precondition/packages_unknown where nothing was
 * found and an SBOM could not be parsed.
 */
export async function listBuildPackages(
  db: Db,
  actor: Actor,
  ref: BuildRef,
  options: ListOptions,
): Promise<PackagesOfPlace> {
  const { id, projectId } = await getBucket(db, actor, ref);
  const build = await getBuildSboms(db, { bucketId: id, fingerprint: ref.fingerprint, buildId: ref.buildId });
  const unreadable = build.sboms.flatMap(({ name, unreadableBecause }) =>
    unreadableBecause === null ? [] : [{ name, because: unreadableBecause }],
  );
  const sbomIds = build.sboms.map((one) => one.id);
  const packages =
    sbomIds.length === 0
      ? { items: [], previous: null, next: null }
      : await listPackages(db, { ...options, projectId, of: { sbomIds } });
  return knownOrRefused({ packages, unreadable });
}

/**
 * One page of what a bucket is made of, in all its versions. Errors: not_found/bucket_not_found, and
 * precondition/packages_unknown as {@link listBuildPackages}.
 */
export async function listBucketPackages(
  db: Db,
  actor: Actor,
  ref: BucketRef,
  options: ListOptions,
): Promise<PackagesOfPlace> {
  const { id, projectId } = await getBucket(db, actor, ref);
  const packages = await listPackages(db, { ...options, projectId, of: { bucketId: id } });
  return knownOrRefused({ packages, unreadable: await listUnreadableSboms(db, { bucketId: id }) });
}

/** An empty list would say that the packages are not there, which nobody knows. */
function knownOrRefused(found: PackagesOfPlace): PackagesOfPlace {
  const [first] = found.unreadable;
  if (found.packages.items.length > 0 || first === undefined) return found;
  throw new DomainError(
    "precondition",
    "packages_unknown",
    `None was found, but the packages of ${found.unreadable.length} sbom(s) are not known: ${first.name} could not be parsed (${first.because}). Build again with a document that can be.`,
  );
}

export interface FoundPackage extends PackageInBucket {
  /** At most twenty: those that a channel serves, then the newest. */
  readonly builds: readonly ContainingBuild[];
}

export const buildsShown = 20;

/**
 * Who has a package: one page of the buckets of a project, each with the builds that contain it. `unreadable` names SBOMs
 * that may have it too. Errors: not_found/project_not_found.
 */
export async function findPackages(
  db: Db,
  actor: Actor,
  place: Place,
  search: Pick<PackageSearch, "filter" | "page"> & { readonly bucketName?: string | undefined },
): Promise<{ readonly found: KeysetItems<FoundPackage>; readonly unreadable: readonly UnreadableSbom[] }> {
  const { project, bucketNames } = await getProjectWithBuckets(db, actor, place);
  const within = { projectId: project.id, bucketNames: narrow(bucketNames, search.bucketName) };
  const cut = await searchPackages(db, { ...search, ...within });
  const builds = await listContainingBuilds(db, cut.items, buildsShown);
  const unreadable = await listUnreadableSboms(db, within);
  const items = cut.items.map((item) => ({
    ...item,
    builds: builds.filter((build) => build.packageId === item.packageId && build.bucketId === item.bucketId),
  }));
  return { found: { ...cut, items }, unreadable };
}

/** The buckets that the caller may see, or the one of them that it asks for; null: all of the project. */
function narrow(seen: readonly string[] | null, asked: string | undefined): readonly string[] | null {
  if (asked === undefined) return seen;
  return seen === null || seen.includes(asked) ? [asked] : [];
}
