// What Ingot's own API below /api/v1 answers, as far as the console reads it.

export interface WorkspaceRef {
  readonly id: string;
  readonly name: string;
}

export interface Session {
  readonly user: { readonly id: string; readonly kind: string; readonly name: string; readonly role: string };
  readonly organization: { readonly id: string; readonly name: string };
  /** Null: the credential sees every project. */
  readonly project: ProjectRef | null;
  readonly projects: readonly ProjectRef[];
  readonly permissions: readonly string[];
  readonly expires_at: string | null;
}

export interface ProjectRef {
  readonly id: string;
  readonly external_id: string;
  readonly name: string;
}

export interface Event {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly summary: string;
  readonly actor: string | null;
  readonly workspace: WorkspaceRef | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export type ImageUseStatus = "current" | "behind" | "scheduled" | "revoked" | "unknown" | "untracked";

export interface ImageUse {
  readonly workspace: WorkspaceRef;
  readonly resource: string;
  readonly attribute: string;
  readonly external_identifier: string;
  readonly bucket: string | null;
  readonly version: string | null;
  readonly fingerprint: string | null;
  readonly status: ImageUseStatus;
  readonly channel: string | null;
  readonly channel_version?: string | null;
  readonly version_created_at?: string | null;
  readonly revoke_at?: string | null;
  readonly revocation_message?: string | null;
  readonly behind_since?: string | null;
  readonly descends_from: { readonly bucket: string; readonly version: string } | null;
  readonly first_seen_at: string;
}

export interface ImageUsePage {
  readonly image_uses: readonly ImageUse[];
  readonly next: string | null;
}

export interface ImageUseSummary {
  readonly statuses: Readonly<Partial<Record<ImageUseStatus, number>>>;
  readonly workspaces_affected: number;
}

export interface SearchResult {
  readonly kind: "bucket" | "version" | "workspace" | "image";
  readonly title: string;
  readonly detail: string;
  readonly bucket?: string;
  readonly version?: string;
  readonly fingerprint?: string;
  readonly workspace?: WorkspaceRef;
  readonly identifier?: string;
}

export interface RevocationPreview {
  readonly version: { readonly bucket: string; readonly version: string; readonly fingerprint: string };
  readonly versions: readonly {
    readonly bucket: string;
    readonly version: string;
    readonly fingerprint: string;
    /** 0: the version itself; 1: built from it; and so on. */
    readonly depth: number;
    readonly already_revoked: boolean;
  }[];
  readonly channels: readonly {
    readonly bucket: string;
    readonly channel: string;
    readonly from: string;
    readonly to: string | null;
  }[];
  readonly uses: readonly ImageUse[];
  readonly uses_total: number;
  readonly workspaces: readonly (WorkspaceRef & { readonly uses: number; readonly follow: FollowSetting })[];
  readonly waiting_runs: readonly { readonly id: string; readonly workspace: WorkspaceRef; readonly status: string }[];
}

export type FollowSetting = "off" | "notify" | "plan" | "apply";

export interface RunSummary {
  readonly id: string;
  readonly number: number;
  readonly workspace: WorkspaceRef;
  readonly status: string;
  readonly message: string;
  readonly source: string;
  readonly cause: unknown;
  readonly created_at: string;
  readonly updated_at: string;
  readonly created_by: string | null;
  readonly is_destroy: boolean;
  readonly refresh_only: boolean;
  readonly plan_only: boolean;
  readonly has_changes: boolean | null;
  readonly counts: {
    readonly additions: number;
    readonly changes: number;
    readonly destructions: number;
    readonly imports: number;
  } | null;
  readonly waits_for_confirmation: boolean;
  readonly error_message: string | null;
}

export interface WorkspaceSummary {
  readonly id: string;
  readonly name: string;
  readonly project: { readonly id: string; readonly name: string };
  readonly resource_count: number;
  readonly locked: boolean;
  readonly current_run: {
    readonly id: string;
    readonly status: string;
    readonly message: string;
    readonly created_at: string;
  } | null;
  readonly images: Readonly<Record<ImageUseStatus, number>>;
  readonly health: "healthy" | "drifted" | "checks-failed" | "unknown" | "off";
  readonly last_assessment_at: string | null;
  readonly next_assessment_at: string | null;
  readonly follow: FollowSetting;
  readonly open_alerts: number;
}

export interface Alert {
  readonly id: string;
  readonly kind: "drift" | "check" | "assessment-failed" | "image-status" | "run-failed" | "run-waiting" | "revocation";
  readonly severity: "info" | "warning" | "critical";
  readonly state: "open" | "resolved";
  readonly title: string;
  readonly detail: string;
  readonly workspace: WorkspaceRef | null;
  readonly run_id: string | null;
  readonly bucket: string | null;
  readonly version: string | null;
  readonly opened_at: string;
  readonly changed_at: string;
  readonly resolved_at: string | null;
}
