import { searchPlan } from "./find-references.ts";
import type { FindTrackedImages } from "./tracked-image.ts";

/** The versions that a plan (`show -json`) would newly use. Throws when the document is not a plan. */
export async function listNewlyUsedVersions(
  findTrackedImages: FindTrackedImages,
  organizationId: string,
  plan: unknown,
): Promise<ReadonlySet<string>> {
  const search = searchPlan(plan);
  const images = await findTrackedImages(organizationId, [...search.identifiers]);
  const references = search.references((identifier) => images.has(identifier)).filter((reference) => reference.isNew);
  return new Set(references.flatMap(({ identifier }) => images.get(identifier)?.versionId ?? []));
}
