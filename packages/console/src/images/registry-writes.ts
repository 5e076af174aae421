import { callApi } from "../api/client.ts";
import type { Channel, Version } from "../api/registry-types.ts";
import { registryPath, type Place } from "./registry-path.ts";

interface VersionRef {
  readonly bucket: string;
  readonly fingerprint: string;
}

export interface RevocationRequest {
  readonly reason: string;
  /** In seconds; 0 is now. */
  readonly inSeconds: number;
  readonly descendants: boolean;
  readonly rollsBackChannels: boolean;
}

export async function revokeVersion(place: Place, ref: VersionRef, request: RevocationRequest): Promise<Version> {
  return patchVersion(place, ref, {
    revoke_in: `${String(request.inSeconds)}s`,
    revocation_message: request.reason,
    skip_descendants_revocation: !request.descendants,
    disable_rollback_channels: !request.rollsBackChannels,
  });
}

export async function restoreVersion(place: Place, ref: VersionRef): Promise<Version> {
  return patchVersion(place, ref, { restore: true });
}

async function patchVersion(place: Place, ref: VersionRef, body: object): Promise<Version> {
  const path = registryPath(place, "buckets", ref.bucket, "versions", ref.fingerprint);
  return (await callApi<{ version: Version }>(path, { method: "PATCH", body })).version;
}

/** Makes a channel point at a version. */
export async function promoteVersion(place: Place, channel: string, ref: VersionRef): Promise<Channel> {
  const path = registryPath(place, "buckets", ref.bucket, "channels", channel);
  const body = { version_fingerprint: ref.fingerprint, update_mask: "versionFingerprint" };
  return (await callApi<{ channel: Channel }>(path, { method: "PATCH", body })).channel;
}

export async function createChannel(
  place: Place,
  bucket: string,
  channel: { readonly name: string; readonly fingerprint: string | null },
): Promise<Channel> {
  const path = registryPath(place, "buckets", bucket, "channels");
  const body = {
    name: channel.name,
    ...(channel.fingerprint === null ? {} : { version_fingerprint: channel.fingerprint }),
  };
  return (await callApi<{ channel: Channel }>(path, { method: "POST", body })).channel;
}
