import { searchImageChanges } from "./find-references.ts";
import type { FindTrackedImages, TrackedImage } from "./tracked-image.ts";

/** One image as a plan names it. */
export interface NamedImage {
  readonly identifier: string;
  /** Null: the registry does not know it. */
  readonly bucketName: string | null;
  readonly versionName: string | null;
}

/** One attribute that would name another image than it does now. */
export interface ImageChange {
  readonly resource: string;
  readonly attribute: string;
  /** Null: the resource is created, or names no image there yet. */
  readonly from: NamedImage | null;
  /** Null: the resource is deleted, names no image there any more, or `unknown`. */
  readonly to: NamedImage | null;
  /** Known only during the apply. */
  readonly unknown: boolean;
}

/**
 * The images that a plan (`show -json`) would change, in the order of the plan, with what the registry calls them. Values
 * that the plan marks as sensitive are left out. Throws when the document is not a plan.
 */
export async function readImageChanges(
  findTrackedImages: FindTrackedImages,
  organizationId: string,
  plan: unknown,
): Promise<ImageChange[]> {
  const search = searchImageChanges(plan);
  const images = await findTrackedImages(organizationId, [...search.identifiers]);
  return search
    .changes((identifier) => images.has(identifier))
    .map(({ from, to, ...change }) => ({ ...change, from: nameImage(from, images), to: nameImage(to, images) }));
}

function nameImage(identifier: string | null, images: ReadonlyMap<string, TrackedImage>): NamedImage | null {
  if (identifier === null) return null;
  const image = images.get(identifier);
  return { identifier, bucketName: image?.bucketName ?? null, versionName: image?.versionName ?? null };
}
