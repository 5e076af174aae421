import type { AssessmentDeps } from "../../features/assessments/index.ts";
import type { ConfigurationDeps } from "../../features/config-versions/index.ts";
import type { CreateOrganizationDeps, DeleteOrganizationDeps } from "../../features/organization-life-cycle/index.ts";
import type { NotificationDeps } from "../../features/notifications/index.ts";
import type { FollowDeps, RunDeps } from "../../features/runs/index.ts";
import type { UploadVersionDeps } from "../../features/policy-sets/index.ts";
import type { RunTaskDeps } from "../../features/run-tasks/index.ts";
import type { StateVersionDeps } from "../../features/state-versions/index.ts";
import type { OverrideStageDeps } from "../../features/task-stages/index.ts";
import type { VariableDeps } from "../../features/variables/index.ts";
import type { UrlSigner } from "../../platform/url-signer.ts";

export interface TfeDeps
  extends
    RunDeps,
    FollowDeps,
    ConfigurationDeps,
    StateVersionDeps,
    VariableDeps,
    NotificationDeps,
    RunTaskDeps,
    OverrideStageDeps,
    UploadVersionDeps,
    CreateOrganizationDeps,
    DeleteOrganizationDeps {
  readonly assessments: AssessmentDeps;
  readonly signer: UrlSigner;
  /** How clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string;
}
