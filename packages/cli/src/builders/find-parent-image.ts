import { CommandError } from "../command-line/command.ts";
import type { RegistryClient } from "../registry/registry-client.ts";
import type { BuildDefinition } from "./build-definition.ts";
import type { ParentImage } from "./builder.ts";

/**
 * The image that the parent's channel holds, refused as Packer's own data source refuses it: no version, a revoked one, or
 * none for this platform and region. Source: packer datasource/hcp-packer-artifact.
 */
export async function findParentImage(
  registry: RegistryClient,
  parent: NonNullable<BuildDefinition["parent"]>,
): Promise<ParentImage> {
  const name = `channel ${parent.channel} of ${parent.bucket}`;
  const channel = await registry.getChannel(parent.bucket, parent.channel);
  const version = channel.version ?? undefined;
  if (version === undefined)
    throw new CommandError(`The ${name} holds no version. Build the parent and assign it first.`);
  if (version.status === "VERSION_REVOKED") {
    const reason = version.revocation_message ? `: ${version.revocation_message}` : "";
    throw new CommandError(
      `The ${name} holds ${version.name}, which is revoked${reason}. Assign another version first.`,
    );
  }
  for (const build of version.builds ?? []) {
    if (parent.platform !== undefined && build.platform !== parent.platform) continue;
    const artifact = build.artifacts?.find((a) => parent.region === undefined || a.region === parent.region);
    if (artifact === undefined) continue;
    return {
      bucket: parent.bucket,
      channel: parent.channel,
      versionName: version.name,
      versionId: version.id,
      channelId: channel.id,
      identifier: artifact.external_identifier,
      location: build.labels?.["location"] ?? "",
    };
  }
  const wanted = `platform ${parent.platform ?? "any"}, region ${parent.region ?? "any"}`;
  throw new CommandError(`The ${name} holds ${version.name}, which has no artifact for ${wanted}.`);
}
