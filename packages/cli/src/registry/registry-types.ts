// What the registry's documents hold that this client reads. Source: hcp-packer-2023-01-01.swagger.json.

export type BuildStatus = "BUILD_UNSET" | "BUILD_RUNNING" | "BUILD_DONE" | "BUILD_CANCELLED" | "BUILD_FAILED";
export type TemplateType = "TEMPLATE_TYPE_UNSET" | "HCL2" | "JSON";

export interface RegistryArtifact {
  readonly external_identifier: string;
  readonly region: string;
}

export interface RegistryBuild {
  readonly id: string;
  readonly version_id?: string;
  readonly component_type: string;
  readonly status: BuildStatus;
  readonly platform?: string;
  readonly artifacts?: readonly RegistryArtifact[] | null;
  readonly labels?: Readonly<Record<string, string>> | null;
}

export interface RegistryVersion {
  readonly id: string;
  readonly bucket_name?: string;
  /** `v0` until every build is done. */
  readonly name: string;
  readonly status: string;
  readonly fingerprint: string;
  readonly template_type?: TemplateType;
  readonly builds?: readonly RegistryBuild[] | null;
  readonly revoke_at?: string | null;
  readonly revocation_message?: string;
  readonly revocation_type?: string;
  readonly revocation_inherited_from?: { readonly bucket_name?: string; readonly version_name?: string } | null;
  readonly has_descendants?: boolean;
}

export interface RegistryBucket {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly latest_version?: RegistryVersion | null;
}

export interface RegistryChannel {
  readonly id: string;
  readonly name: string;
  readonly version?: RegistryVersion | null;
}

export interface EnforcedBlock {
  readonly name?: string;
  readonly version?: { readonly block_content?: string } | null;
}

export interface BucketRelation {
  readonly status: string;
  readonly parent: {
    readonly bucket_name: string;
    readonly version_name: string;
    readonly version_fingerprint: string;
  };
  readonly child: { readonly bucket_name: string; readonly version_name: string; readonly version_fingerprint: string };
}

/** The body of UpdateBuild. */
export interface BuildUpdate {
  readonly status: BuildStatus;
  readonly packer_run_uuid: string;
  readonly artifacts: readonly RegistryArtifact[] | null;
  readonly platform?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly source_external_identifier?: string;
  readonly parent_version_id?: string;
  readonly parent_channel_id?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The body of UploadSbom. */
export interface SbomUpload {
  /** Base64 of zstd. */
  readonly compressed_sbom: string;
  readonly format: "CYCLONEDX" | "SPDX";
  readonly name?: string;
}
