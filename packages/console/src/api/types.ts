// What Ingot's own API below /api/v1 answers, in the server's own words: the two cannot drift apart.
import type {
  AlertView,
  EnforcementView,
  EventView,
  ImageUseCountView,
  ImageUseSummaryView,
  ImageUseView,
  RevocationPreviewView,
  Session,
  VersionVulnerabilitiesView,
  WorkspaceSummary,
} from "@ingot/server/console-api";

export type { SbomView as Sbom } from "@ingot/server/console-api";
export type {
  InvitedView,
  MadeTokenView,
  MemberListView,
  MemberView,
  OpenedInvitationView,
  TeamAccessListView,
  TeamAccessView,
  TeamListView,
  TeamMemberListView,
  TeamView,
  TokenView,
} from "@ingot/server/console-api";
export type { RunSummary, SearchResult, Session, WorkspaceSummary } from "@ingot/server/console-api";

export type ProjectRef = Session["projects"][number];
export type Event = EventView;
export type ImageUse = ImageUseView;
export type ImageUseStatus = ImageUse["status"];
export type ImageUseSummary = ImageUseSummaryView;
export type ImageUseCount = ImageUseCountView;
export type RevocationPreview = RevocationPreviewView;
export type FollowSetting = WorkspaceSummary["follow"];
export type Alert = AlertView;
export type Enforcement = EnforcementView;
export type VersionVulnerabilities = VersionVulnerabilitiesView;
export type Vulnerability = VersionVulnerabilities["vulnerabilities"][number];

export interface WorkspaceRef {
  readonly id: string;
  readonly name: string;
}

export interface ImageUsePage {
  readonly image_uses: readonly ImageUse[];
  readonly next: string | null;
}
