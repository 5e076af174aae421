import type { Replacement } from "./check-images.ts";
import { searchPlan, type PlannedReference } from "./find-references.ts";
import type { TrackedImage } from "./tracked-image.ts";

/** One image that a resource will run after a plan is applied, with what the registry knows of it. */
export interface PlannedImage extends PlannedReference {
  /** Null: the registry does not know it. */
  readonly image: TrackedImage | null;
  /** The name of the bucket's newest good version, when that is newer than this one. */
  readonly newerVersion: string | null;
}

export interface PlannedImages {
  /** In the order of the plan. */
  readonly images: readonly PlannedImage[];
  /** Image attributes whose value will be known only during the apply. */
  readonly unknown: readonly { readonly resource: string; readonly attribute: string }[];
}

export interface ListPlannedImagesDeps {
  readonly findTrackedImages: (identifiers: readonly string[]) => Promise<ReadonlyMap<string, TrackedImage>>;
  /** The newest version of a bucket that is complete and not revoked. */
  readonly findReplacement: (bucketId: string) => Promise<Pick<Replacement, "versionName"> | undefined>;
}

/** The images that a plan (`show -json`) leads to. Throws when the document is not a plan. */
export async function listPlannedImages(deps: ListPlannedImagesDeps, plan: unknown): Promise<PlannedImages> {
  const search = searchPlan(plan);
  const known = await deps.findTrackedImages([...search.identifiers]);
  const newest = new Map<string, string | null>();
  const images: PlannedImage[] = [];
  for (const reference of search.references((identifier) => known.has(identifier))) {
    const image = known.get(reference.identifier) ?? null;
    if (image !== null && !newest.has(image.bucketId)) {
      newest.set(image.bucketId, (await deps.findReplacement(image.bucketId))?.versionName ?? null);
    }
    const good = image === null ? null : (newest.get(image.bucketId) ?? null);
    const isNewer = good !== null && image !== null && numberOf(good) > numberOf(image.versionName);
    images.push({ ...reference, image, newerVersion: isNewer ? good : null });
  }
  return { images, unknown: search.unknown };
}

function numberOf(versionName: string): number {
  return Number(versionName.slice(1));
}
