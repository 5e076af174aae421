import { toRfc3339, toRfc3339OrNull, type Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export interface ConsumedArtifact {
  readonly platform: string;
  readonly region: string;
  readonly component: string;
  readonly externalIdentifier: string;
}

/** A channel with what it points at. */
export interface ConsumedChannel {
  readonly channelId: string;
  readonly channelName: string;
  readonly bucketName: string;
  readonly updatedAt: Millis;
  /** Grows with every assignment. */
  readonly serial: number;
  readonly version: {
    readonly id: string;
    /** `v<n>`. */
    readonly name: string;
    readonly fingerprint: string;
    readonly createdAt: Millis;
    readonly revokeAt: Millis | null;
    readonly revocationMessage: string | null;
    /** In the order the builds were made. */
    readonly artifacts: readonly ConsumedArtifact[];
  } | null;
}

type AssignedVersion = NonNullable<ConsumedChannel["version"]>;

/** The document of `GET …/channels/:channel`; `version` is null when nothing is assigned. */
export function presentChannel(channel: ConsumedChannel, now: Millis): object {
  const { version } = channel;
  return {
    bucket: channel.bucketName,
    channel: channel.channelName,
    updated_at: toRfc3339(channel.updatedAt),
    version: version && {
      name: version.name,
      fingerprint: version.fingerprint,
      status: statusOf(version, now),
      created_at: toRfc3339(version.createdAt),
      revoke_at: toRfc3339OrNull(version.revokeAt),
      revocation_message: version.revocationMessage,
      artifacts: version.artifacts.map(presentArtifact),
    },
  };
}

/**
 * The channel as a Terraform state of version 4 without resources. A revoked version is shown with its status rather
 * than refused: a configuration must still plan, so that the image check can say what is wrong with it. Errors:
 * not_found/nothing_assigned.
 */
export function presentRemoteState(channel: ConsumedChannel, now: Millis): object {
  const version = assigned(channel);
  const artifacts = Object.fromEntries(
    version.artifacts.map((a) => [`${a.platform}.${a.region}`, a.externalIdentifier]).reverse(),
  );
  const outputs = {
    bucket: text(channel.bucketName),
    channel: text(channel.channelName),
    version: text(version.name),
    fingerprint: text(version.fingerprint),
    status: text(statusOf(version, now)),
    // The first of each platform and region, as `hcp_packer_artifact` chooses.
    artifacts: { value: artifacts, type: ["map", "string"] },
    identifier: text(version.artifacts[0]?.externalIdentifier ?? ""),
  };
  return {
    version: 4,
    terraform_version: "1.6.0",
    serial: channel.serial,
    lineage: `ingot-channel-${channel.channelId}`,
    outputs,
    resources: [],
    check_results: null,
  };
}

export interface ArtifactChoice {
  readonly platform?: string;
  readonly region?: string;
  readonly component?: string;
  readonly "allow-revoked"?: "true" | "false";
}

/**
 * The identifier of the one artifact that fits. A script that reads a text sees no status, so a revoked version is refused
 * unless it asks. Errors: not_found/nothing_assigned, not_found/no_such_artifact, invalid/several_artifacts,
 * conflict/version_revoked.
 */
export function selectArtifacts(channel: ConsumedChannel, choice: ArtifactChoice, now: Millis): string {
  const version = assigned(channel);
  if (statusOf(version, now) === "revoked" && choice["allow-revoked"] !== "true") {
    throw new DomainError(
      "conflict",
      "version_revoked",
      `${channel.bucketName} ${version.name} is revoked: ${version.revocationMessage ?? "no reason was given"}. Promote a valid version to ${channel.channelName}, or ask with allow-revoked=true.`,
    );
  }
  const fitting = version.artifacts.filter(
    (a) =>
      (choice.platform === undefined || a.platform === choice.platform) &&
      (choice.region === undefined || a.region === choice.region) &&
      (choice.component === undefined || a.component === choice.component),
  );
  const identifiers = [...new Set(fitting.map((a) => a.externalIdentifier))];
  const there = version.artifacts
    .map((a) => `platform=${a.platform} region=${a.region} component=${a.component}`)
    .join("; ");
  if (identifiers.length > 1) {
    throw new DomainError(
      "invalid",
      "several_artifacts",
      `Several artifacts fit; choose one by platform, region or component: ${there}.`,
    );
  }
  const [identifier] = identifiers;
  if (identifier === undefined) {
    throw new DomainError(
      "not_found",
      "no_such_artifact",
      `No artifact of ${channel.bucketName} ${version.name} fits. There are: ${there || "none"}.`,
    );
  }
  return identifier;
}

function assigned(channel: ConsumedChannel): AssignedVersion {
  if (channel.version !== null) return channel.version;
  throw new DomainError(
    "not_found",
    "nothing_assigned",
    `Channel ${channel.channelName} of ${channel.bucketName} points at no version yet; promote one to it.`,
  );
}

function statusOf(version: AssignedVersion, now: Millis): "active" | "scheduled" | "revoked" {
  if (version.revokeAt === null) return "active";
  return version.revokeAt <= now ? "revoked" : "scheduled";
}

function presentArtifact(artifact: ConsumedArtifact): object {
  return {
    platform: artifact.platform,
    region: artifact.region,
    component: artifact.component,
    external_identifier: artifact.externalIdentifier,
  };
}

function text(value: string): object {
  return { value, type: "string" };
}
