// What the registry API (/packer/2023-01-01) answers, as far as the console reads it.

export type VersionStatusWord =
  | "VERSION_RUNNING"
  | "VERSION_CANCELLED"
  | "VERSION_FAILED"
  | "VERSION_REVOKED"
  | "VERSION_REVOCATION_SCHEDULED"
  | "VERSION_ACTIVE"
  | "VERSION_INCOMPLETE";

export type AncestryStatusWord = "UNDETERMINED" | "UP_TO_DATE" | "OUT_OF_DATE";

export interface Artifact {
  readonly id: string;
  readonly external_identifier: string;
  readonly region: string;
  readonly created_at: string;
}

export interface Build {
  readonly id: string;
  readonly component_type: string;
  readonly packer_run_uuid: string;
  readonly artifacts: readonly Artifact[];
  readonly platform: string;
  readonly status: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly source_external_identifier: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Null in lists; a single version has it. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

export interface Version {
  readonly id: string;
  readonly bucket_name: string;
  /** `v<n>`; `v0` until it is complete. */
  readonly name: string;
  readonly status: VersionStatusWord;
  readonly author_id: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly fingerprint: string;
  readonly builds: readonly Build[];
  readonly revoke_at: string | null;
  readonly revocation_message: string;
  readonly revocation_author: string;
  readonly revocation_type: "REVOCATION_TYPE_UNSET" | "MANUAL" | "INHERITED";
  readonly revocation_inherited_from: {
    readonly bucket_name: string;
    readonly version_name: string;
    readonly version_fingerprint: string;
  } | null;
  readonly has_descendants: boolean;
  readonly template_type: string;
  readonly parents: { readonly status: AncestryStatusWord };
}

export interface Bucket {
  readonly id: string;
  readonly name: string;
  readonly latest_version: Version | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly platforms: readonly string[];
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly version_count: string;
  readonly parents: { readonly status: AncestryStatusWord };
  readonly children: { readonly status: AncestryStatusWord };
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly bucket_name: string;
  readonly author_id: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly version: Version | null;
  /** The registry moves it by itself (`latest`). */
  readonly managed: boolean;
  readonly restricted: boolean;
}

export interface Assignment {
  readonly version: Version | null;
  readonly author_id: string;
  readonly assigned_at: string;
}

export interface Relation {
  readonly status: AncestryStatusWord;
  readonly parent: {
    readonly bucket_name: string;
    readonly version_name: string;
    readonly version_id: string;
    readonly version_fingerprint: string;
    readonly channel_name: string;
    readonly channel_version: { readonly id: string; readonly name: string; readonly fingerprint: string } | null;
  };
  readonly child: {
    readonly bucket_name: string;
    readonly version_name: string;
    readonly version_id: string;
    readonly version_fingerprint: string;
  };
}

export interface Pagination {
  readonly next_page_token: string;
  readonly previous_page_token: string;
}

/** A version of an enforced block; it never changes, except for its description. */
export interface EnforcedBlockVersion {
  readonly id: string;
  readonly enforced_block_id: string;
  readonly version: string;
  readonly template_type: string;
  readonly block_content: string;
  readonly additional_description: string;
  readonly created_at: string;
}

export interface EnforcedBlock {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent in lists; null when the last version was deleted. */
  readonly latest_version?: EnforcedBlockVersion | null;
  readonly created_at: string;
  readonly updated_at: string;
}
