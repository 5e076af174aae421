import { toReadableTime, type Millis } from "../../platform/clock.ts";
import { isRevoked, type PlannedImage, type PlannedImages } from "../image-uses/index.ts";
import type { UntrackedBehaviour } from "./run-task.ts";

/** What is said of one image of one resource. */
export interface Outcome {
  readonly resource: string;
  readonly attribute: string;
  readonly identifier: string;
  readonly label: string;
  readonly level: "none" | "info" | "warning" | "error";
  /** One line. */
  readonly description: string;
  /** The bucket and version; null for an image that the registry does not know. */
  readonly version: string | null;
}

export interface Judgement {
  readonly status: "passed" | "failed";
  readonly message: string;
  /** What is worst comes first. */
  readonly outcomes: readonly Outcome[];
}

/**
 * Judges the images of a plan. It fails for a resource that is created or replaced with a revoked version, and, where that
 * is chosen, for one that would newly use an image that the registry does not know. Everything else is reported. Source:
 * HCP Packer, run task: validation.
 */
export function judgeImages(
  { images, unknown }: PlannedImages,
  rules: { readonly onUntrackedImage: UntrackedBehaviour; readonly now: Millis },
): Judgement {
  const outcomes = images.map((image) => outcomeOf(image, rules));
  const count = (matches: (image: PlannedImage) => boolean): number => images.filter(matches).length;
  const parts = [
    `${plural(new Set(images.map(({ resource }) => resource)).size, "resource")} scanned`,
    `${count(({ image }) => image !== null && isRevoked(image, rules.now))} with a revoked version`,
    `${count(({ image }) => isScheduled(image, rules.now))} with a version that will be revoked`,
    `${count(({ newerVersion }) => newerVersion !== null)} with a newer version available`,
    `${count(({ image }) => image === null)} with an image that the registry does not know`,
    ...(unknown.length === 0 ? [] : [`${unknown.length} with an image that is known only during the apply`]),
  ];
  return {
    status: outcomes.some(({ level }) => level === "error") ? "failed" : "passed",
    message: `${parts.join(", ")}.`,
    outcomes: [...outcomes, ...unknown.map(unknownOutcome)].sort((a, b) => rank(b) - rank(a)),
  };
}

function outcomeOf(
  planned: PlannedImage,
  { onUntrackedImage, now }: { readonly onUntrackedImage: UntrackedBehaviour; readonly now: Millis },
): Outcome {
  const { image, newerVersion, isCreated, isNew } = planned;
  const say = (label: string, level: Outcome["level"], description: string): Outcome => ({
    resource: planned.resource,
    attribute: planned.attribute,
    identifier: planned.identifier,
    label,
    level,
    description: `${planned.resource}: ${description}`,
    version: image === null ? null : `${image.bucketName} ${image.versionName}`,
  });
  if (image === null) {
    const fails = onUntrackedImage === "fail" && isNew;
    return say("Untracked", fails ? "error" : "warning", "the registry does not know this image.");
  }
  const name = `${image.bucketName} ${image.versionName}`;
  const instead = newerVersion === null ? "" : ` ${newerVersion} is available.`;
  if (isRevoked(image, now)) {
    const because = image.revocationMessage ? `: ${image.revocationMessage}` : "";
    const found = `${name} is revoked${because}.${instead || " No newer version is available."}`;
    return isCreated ? say("Revoked", "error", found) : say("Revoked", "warning", `it keeps running. ${found}`);
  }
  if (image.revokeAt !== null) {
    return say("Scheduled", "warning", `${name} will be revoked on ${toReadableTime(image.revokeAt)}.${instead}`);
  }
  return newerVersion === null
    ? say("Valid", "none", `${name} is valid.`)
    : say("Newer available", "info", `${name} is valid.${instead}`);
}

function unknownOutcome({ resource, attribute }: PlannedImages["unknown"][number]): Outcome {
  return {
    resource,
    attribute,
    identifier: "",
    label: "Unknown",
    level: "warning",
    description: `${resource}: the image is known only during the apply, so it was not checked.`,
    version: null,
  };
}

function isScheduled(image: PlannedImage["image"], now: Millis): boolean {
  return image !== null && image.revokeAt !== null && !isRevoked(image, now);
}

function rank({ level }: Outcome): number {
  return ["none", "info", "warning", "error"].indexOf(level);
}

function plural(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
