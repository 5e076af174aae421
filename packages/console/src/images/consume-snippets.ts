export interface ConsumedImage {
  readonly origin: string;
  readonly organization: string;
  readonly project: string;
  readonly bucket: string;
  readonly channel: string;
  readonly platform: string;
  readonly region: string;
}

/** Text that reads a channel, for each kind of consumer. */
export function consumeSnippets(
  image: ConsumedImage,
): Readonly<Record<"remoteState" | "provider" | "packer" | "curl", string>> {
  const { organization, project, bucket, channel, platform, region } = image;
  const segments = [organization, project, "buckets", bucket, "channels", channel];
  const path = `/consume/v1/${segments.map(encodeURIComponent).join("/")}`;
  const choice = new URLSearchParams({ platform, region }).toString();
  const label = bucket.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "_");
  return {
    remoteState: `data "terraform_remote_state" "${label}" {
  backend = "http"
  config = {
    address = "\${var.ingot_url}${path}/state"
  }
}

# data.terraform_remote_state.${label}.outputs.artifacts["${platform}.${region}"]
# also: .identifier, .version, .fingerprint, .status`,
    provider: `data "hcp_packer_version" "${label}" {
  bucket_name  = "${bucket}"
  channel_name = "${channel}"
}

data "hcp_packer_artifact" "${label}" {
  bucket_name         = "${bucket}"
  version_fingerprint = data.hcp_packer_version.${label}.fingerprint
  platform            = "${platform}"
  region              = "${region}"
}

# data.hcp_packer_artifact.${label}.external_identifier`,
    packer: `data "hcp-packer-version" "${label}" {
  bucket_name  = "${bucket}"
  channel_name = "${channel}"
}

data "hcp-packer-artifact" "${label}" {
  bucket_name         = "${bucket}"
  version_fingerprint = data.hcp-packer-version.${label}.fingerprint
  platform            = "${platform}"
  region              = "${region}"
}

# data.hcp-packer-artifact.${label}.external_identifier`,
    curl: `curl --user token:"$INGOT_TOKEN" \\
  "${image.origin}${path}/identifier?${choice}"`,
  };
}
