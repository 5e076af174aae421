import { toRfc3339, type Clock, type Millis } from "../../platform/clock.ts";
import { searchPlan, type PlannedReference } from "./find-references.ts";
import { isRevoked, type FindTrackedImages, type TrackedImage } from "./tracked-image.ts";

/** A version to use instead of a revoked one. */
export interface Replacement {
  readonly versionName: string;
  readonly identifiers: readonly string[];
}

export interface CheckImagesDeps {
  readonly now: Clock;
  readonly findTrackedImages: FindTrackedImages;
  /** The newest version of a bucket that is complete and not revoked. */
  readonly findReplacement: (bucketId: string) => Promise<Replacement | undefined>;
}

export interface ImageCheck {
  readonly passed: boolean;
  /** For the end of the plan's log; empty when there is nothing to say. */
  readonly text: string;
}

/**
 * Refuses a plan that would newly use a revoked version. A resource that keeps running one is reported and not refused:
 * refusing it would also stop the run that repairs something else. Throws when the document is not a plan; the caller
 * must then stop the run, since an unknown answer is never a good one.
 */
export async function checkImages(deps: CheckImagesDeps, organizationId: string, plan: unknown): Promise<ImageCheck> {
  const search = searchPlan(plan);
  const images = await deps.findTrackedImages(organizationId, [...search.identifiers]);
  const now = deps.now();
  const refused: Finding[] = [];
  const kept: Finding[] = [];
  const scheduled: Finding[] = [];
  for (const reference of search.references((identifier) => images.has(identifier))) {
    const image = images.get(reference.identifier);
    if (image === undefined || image.revokeAt === null) continue;
    if (!isRevoked(image, now)) scheduled.push({ reference, image });
    else (reference.isNew ? refused : kept).push({ reference, image });
  }
  const replacements = new Map<string, Replacement | undefined>();
  for (const { image } of refused) {
    if (!replacements.has(image.bucketId)) replacements.set(image.bucketId, await deps.findReplacement(image.bucketId));
  }
  return { passed: refused.length === 0, text: describe(refused, kept, scheduled, search.unknown, replacements, now) };
}

interface Finding {
  readonly reference: PlannedReference;
  readonly image: TrackedImage;
}

function describe(
  refused: readonly Finding[],
  kept: readonly Finding[],
  scheduled: readonly Finding[],
  unknown: readonly { readonly resource: string; readonly attribute: string }[],
  replacements: ReadonlyMap<string, Replacement | undefined>,
  now: Millis,
): string {
  const lines: string[] = [];
  for (const [image, findings] of byVersion(refused)) {
    lines.push(
      `Error: image check: ${image.bucketName} ${image.versionName} is revoked`,
      "",
      ...findings.map(
        ({ reference }) =>
          `  ${reference.resource} would newly use it (${reference.attribute} = ${JSON.stringify(reference.identifier)}).`,
      ),
      "",
      `  Reason: ${reasonOf(image)}`,
      `  Revoked: ${toRfc3339(image.revokeAt ?? now)}`,
      `  Use instead: ${insteadOf(image, replacements.get(image.bucketId))}`,
      "",
    );
  }
  for (const [image, findings] of byVersion(kept)) {
    lines.push(
      `Warning: image check: ${image.bucketName} ${image.versionName} is revoked and still runs: ${list(findings)}. Reason: ${reasonOf(image)}`,
    );
  }
  for (const [image, findings] of byVersion(scheduled)) {
    lines.push(
      `Warning: image check: ${image.bucketName} ${image.versionName} will be revoked at ${toRfc3339(image.revokeAt ?? now)}: ${list(findings)}.`,
    );
  }
  if (unknown.length > 0) {
    const places = unknown.map((place) => `${place.resource} (${place.attribute})`).join(", ");
    lines.push(`Warning: image check: the image is known only during the apply, so it was not checked: ${places}.`);
  }
  return lines.length === 0 ? "" : `\n${lines.join("\n").trimEnd()}\n`;
}

function byVersion(findings: readonly Finding[]): [TrackedImage, Finding[]][] {
  const groups = new Map<string, [TrackedImage, Finding[]]>();
  for (const finding of findings) {
    const group = groups.get(finding.image.versionId);
    if (group === undefined) groups.set(finding.image.versionId, [finding.image, [finding]]);
    else group[1].push(finding);
  }
  return [...groups.values()];
}

function list(findings: readonly Finding[]): string {
  return findings.map(({ reference }) => reference.resource).join(", ");
}

function reasonOf(image: TrackedImage): string {
  const reason =
    image.revocationMessage === null || image.revocationMessage === "" ? "none was given" : image.revocationMessage;
  const from = image.revocationInheritedFrom;
  return from === null ? reason : `${reason} (inherited from ${from.bucketName} ${from.versionName})`;
}

function insteadOf(image: TrackedImage, replacement: Replacement | undefined): string {
  if (replacement === undefined) {
    return `there is no valid version of ${image.bucketName} yet. Build a new one and promote it, then run again.`;
  }
  const identifiers =
    replacement.identifiers.length === 0 ? "" : ` (${replacement.identifiers.slice(0, 5).join(", ")})`;
  return `${image.bucketName} ${replacement.versionName}${identifiers}. Promote it to the channel that this configuration reads, then run again.`;
}
