import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { AncestryStatus } from "../ancestry/index.ts";
import type { Labels } from "../buckets/index.ts";
import type { BuildStatus } from "../versions/index.ts";

/** One image, as its cloud names it. */
export interface Artifact {
  readonly id: string;
  readonly externalIdentifier: string;
  readonly region: string;
  readonly createdAt: Millis;
}

export type NewArtifact = Pick<Artifact, "externalIdentifier" | "region">;

/** What Packer says about the run: free-form, kept and given back as it came. */
export interface BuildMetadata {
  readonly packer?: unknown;
  readonly cicd?: unknown;
  readonly vcs?: unknown;
}

/** One component of a version: what one source of the template made. Texts that were never set are empty. */
export interface Build {
  readonly id: string;
  readonly versionId: string;
  readonly componentType: string;
  readonly packerRunUuid: string;
  readonly platform: string;
  readonly status: BuildStatus;
  readonly sourceExternalIdentifier: string;
  readonly parentVersionId: string | null;
  readonly parentChannelId: string | null;
  /** How the parent compares with what its channel serves now; null without a parent. */
  readonly parentStatus: AncestryStatus | null;
  readonly labels: Labels;
  /** Null also where metadata was not asked for. */
  readonly metadata: BuildMetadata | null;
  readonly artifacts: readonly Artifact[];
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** What a client says about a build; what it leaves out stays as it is. */
export interface BuildChange {
  readonly status?: Exclude<BuildStatus, "unset">;
  readonly platform?: string;
  readonly packerRunUuid?: string;
  readonly artifacts?: readonly NewArtifact[];
  readonly labels?: Labels;
  readonly sourceExternalIdentifier?: string;
  readonly parentVersionId?: string;
  readonly parentChannelId?: string;
  readonly metadata?: BuildMetadata;
}

export interface ChangedBuild {
  readonly build: Omit<Build, "artifacts" | "updatedAt">;
  /** Those that the build does not have yet. */
  readonly newArtifacts: readonly NewArtifact[];
  readonly losesArtifacts: boolean;
  /** False for a heartbeat, and for a request that repeats what is known. */
  readonly differs: boolean;
}

/**
 * What becomes of a build. Done is final: a heartbeat or a cancellation that arrives later changes nothing, and
 * different content is refused. Every other status may follow every other, since Packer runs failed builds again. A
 * failed or cancelled build has no artifacts, or Packer would not run it again. Platform, source and parent are set
 * once. Errors: conflict/platform_set, conflict/source_set, conflict/parent_version_set, conflict/parent_channel_set,
 * precondition/build_done, invalid/artifacts_without_success, invalid/parent_channel_alone. Source: packer,
 * internal/hcp/registry/types.bucket.go.
 */
export function changeBuild(build: Build, change: BuildChange): ChangedBuild {
  const status = build.status === "done" ? "done" : (change.status ?? build.status);
  const loses = status === "failed" || status === "cancelled";
  const newArtifacts = (change.artifacts ?? []).filter(
    (given) =>
      !build.artifacts.some(
        (has) => has.externalIdentifier === given.externalIdentifier && has.region === given.region,
      ),
  );
  if (loses && newArtifacts.length > 0) {
    throw new DomainError(
      "invalid",
      "artifacts_without_success",
      "A build that failed or was cancelled has no artifacts; send them with the status done.",
    );
  }
  const next = {
    ...build,
    status,
    platform: setOnce(build.platform, change.platform, "platform_set", "Platform"),
    sourceExternalIdentifier: setOnce(
      build.sourceExternalIdentifier,
      change.sourceExternalIdentifier,
      "source_set",
      "Source External Identifier",
    ),
    parentVersionId: setOnce(build.parentVersionId, change.parentVersionId, "parent_version_set", "Parent Version ID"),
    parentChannelId: setOnce(build.parentChannelId, change.parentChannelId, "parent_channel_set", "Parent Channel ID"),
    packerRunUuid: build.status === "done" ? build.packerRunUuid : (change.packerRunUuid ?? build.packerRunUuid),
    labels: change.labels ?? build.labels,
    metadata: change.metadata ?? build.metadata,
  };
  if (next.parentChannelId !== null && next.parentVersionId === null) {
    throw new DomainError(
      "invalid",
      "parent_channel_alone",
      "A parent channel can be given only together with the parent version.",
    );
  }
  const otherContent = !isSame(next.labels, build.labels) || !isSame(next.metadata, build.metadata);
  if (build.status === "done" && (otherContent || newArtifacts.length > 0)) {
    throw new DomainError(
      "precondition",
      "build_done",
      `The build ${build.componentType} is done; its artifacts, labels and metadata can no longer change.`,
    );
  }
  const losesArtifacts = loses && build.artifacts.length > 0;
  return { build: next, newArtifacts, losesArtifacts, differs: !isSame(next, build) || newArtifacts.length > 0 };
}

function setOnce<T extends string | null>(known: T, given: string | undefined, code: string, what: string): T | string {
  if (given === undefined || given === known) return known;
  if (known === null || known === "") return given;
  throw new DomainError("conflict", code, `You cannot override a build's ${what} if it has already been set.`);
}

/** Same content, whatever the order of members. */
function isSame(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

const componentCharactersMax = 255;
const textCharactersMax = 255;
const artifactsMax = 1000;
// Together below what a PostgreSQL index entry can hold.
const identifierBytesMax = 2048;
const regionBytesMax = 512;

/** Errors: invalid/component_type. */
export function parseComponentType(text: string): string {
  if (text.length > 0 && text.length <= componentCharactersMax) return text;
  throw new DomainError(
    "invalid",
    "component_type",
    `The component type of a build has 1 to ${componentCharactersMax} characters; this one has ${text.length}.`,
  );
}

/** Errors: invalid/external_identifier. */
export function parseIdentifier(text: string): string {
  if (Buffer.byteLength(text) <= identifierBytesMax) return text;
  throw new DomainError(
    "invalid",
    "external_identifier",
    `An external identifier has at most ${identifierBytesMax} bytes.`,
  );
}

/** Duplicates are taken once; Packer sends artifacts in no stable order. Errors: invalid/artifacts, invalid/external_identifier. */
export function parseArtifacts(artifacts: readonly NewArtifact[]): NewArtifact[] {
  if (artifacts.length > artifactsMax) {
    throw new DomainError("invalid", "artifacts", `A request can bring ${artifactsMax} artifacts at most.`);
  }
  const seen = new Map<string, NewArtifact>();
  for (const artifact of artifacts) {
    parseIdentifier(artifact.externalIdentifier);
    if (Buffer.byteLength(artifact.region) > regionBytesMax) {
      throw new DomainError("invalid", "artifacts", `The region of an artifact has at most ${regionBytesMax} bytes.`);
    }
    seen.set(JSON.stringify([artifact.externalIdentifier, artifact.region]), artifact);
  }
  return [...seen.values()];
}

/** Errors: invalid/text. */
export function parseShortText(what: string, text: string): string {
  if (text.length <= textCharactersMax) return text;
  throw new DomainError("invalid", "text", `The ${what} has at most ${textCharactersMax} characters.`);
}

export function buildNotFound(id: string): DomainError {
  return new DomainError("not_found", "build_not_found", `The build with identifier ${id} does not exist.`);
}
