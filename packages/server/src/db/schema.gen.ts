// Made by `npm run schema` from the migrations. Do not edit.

export interface Advisories {
  import_id: string;
  identifier: string;
  description: string;
  refers_to: string;
  related: string;
  severity: string;
  criticality: number;
  published_at: number | null;
  withdrawn_at: number | null;
}

export interface AdvisoryArchives {
  organization_id: string;
  ecosystem: string;
  import_id: string;
}

export interface AdvisoryGates {
  organization_id: string;
}

export interface AdvisoryImports {
  id: string;
  organization_id: string;
  ecosystem: string | null;
  status: string;
  error_message: string | null;
  file_name: string;
  sha256: string;
  bytes: number;
  author: string;
  entries_total: number | null;
  entries_read: number;
  advisories: number;
  withdrawn: number;
  skipped: number;
  modified_at: number | null;
  created_at: number;
  ended_at: number | null;
}

export interface AdvisoryPackages {
  import_id: string;
  name: string;
  identifier: string;
  affected: string;
}

export interface AgentPoolProjects {
  agent_pool_id: string;
  project_id: string;
}

export interface AgentPoolWorkspaces {
  agent_pool_id: string;
  workspace_id: string;
  excluded: number;
}

export interface AgentPools {
  id: string;
  organization_id: string;
  name: string;
  organization_scoped: number;
  created_at: number;
}

export interface AgentTokens {
  token_id: string;
  agent_pool_id: string;
  description: string;
  created_by_id: string;
  created_by_name: string;
  created_at: number;
  last_used_at: number | null;
}

export interface Agents {
  id: string;
  agent_pool_id: string;
  name: string;
  ip_address: string;
  created_at: number;
  last_ping_at: number;
}

export interface AlertChecks {
  workspace_id: string;
  checked_at: number;
}

export interface Alerts {
  id: string;
  organization_id: string;
  project_id: string | null;
  workspace_id: string | null;
  kind: string;
  cause: string;
  open_key: string | null;
  severity: string;
  title: string;
  detail: string;
  subjects: string;
  run_id: string | null;
  bucket_name: string | null;
  version_name: string | null;
  opened_at: number;
  changed_at: number;
  resolved_at: number | null;
}

export interface Artifacts {
  id: string;
  build_id: string;
  external_identifier: string;
  region: string;
  created_at: number;
}

export interface AssessmentGates {
  organization_id: string;
}

export interface AssessmentLogChunks {
  assessment_id: string;
  start_at: number;
  bytes: Buffer;
}

export interface Assessments {
  id: string;
  workspace_id: string;
  configuration_version_id: string;
  status: string;
  requested_by_name: string | null;
  trigger_kind: string;
  job_id: string | null;
  fence: number | null;
  reported: number;
  runner_name: string | null;
  engine_name: string | null;
  engine_version: string | null;
  error_message: string | null;
  resources_drifted: number | null;
  resources_undrifted: number | null;
  checks_passed: number | null;
  checks_failed: number | null;
  checks_errored: number | null;
  checks_unknown: number | null;
  findings: string;
  plan_json_key: string | null;
  detail_key: string | null;
  log_received: number;
  log_bytes: number;
  log_closed: number;
  log_key: string | null;
  queued_at: number;
  started_at: number | null;
  ended_at: number | null;
}

export interface AuditCursors {
  stream: string;
  trail: string;
  sequence: number;
}

export interface AuditHeads {
  trail: string;
  sequence: number;
  hash: string;
  at: number;
}

export interface AuditRecords {
  trail: string;
  sequence: number;
  id: string;
  at: number;
  project_id: string | null;
  actor_id: string | null;
  actor_name: string | null;
  action: string;
  resource_id: string | null;
  resource_name: string | null;
  outcome: string;
  record: string;
  hash: string;
}

export interface BucketPackages {
  bucket_id: string;
  package_id: string;
}

export interface BucketParents {
  build_id: string;
  bucket_id: string;
  parent_version_id: string;
  parent_bucket_id: string;
  parent_channel_id: string | null;
}

export interface Buckets {
  id: string;
  project_id: string;
  name: string;
  description: string;
  labels: string;
  created_at: number;
  updated_at: number;
  version_count: number;
}

export interface Builds {
  id: string;
  version_id: string;
  component_type: string;
  packer_run_uuid: string;
  platform: string;
  status: string;
  source_external_identifier: string;
  parent_version_id: string | null;
  parent_channel_id: string | null;
  labels: string;
  metadata: string | null;
  beat_at: number;
  created_at: number;
  updated_at: number;
}

export interface BulkActionTargets {
  bulk_action_id: string;
  workspace_id: string;
}

export interface BulkActions {
  id: string;
  organization_id: string;
  subject: string;
  message: string;
  query: string | null;
  created_by_id: string;
  created_by_kind: string;
  created_by_name: string;
  created_at: number;
  done_up_to: string;
  made: number;
  finished_at: number | null;
}

export interface ChangeRequests {
  id: string;
  workspace_id: string;
  bulk_action_id: string;
  subject: string;
  message: string;
  created_by_id: string;
  created_by_kind: string;
  created_by_name: string;
  created_at: number;
  updated_at: number;
  archived_at: number | null;
  archived_by_id: string | null;
  archived_by_kind: string | null;
}

export interface ChannelAssignments {
  channel_id: string;
  position: number;
  version_id: string;
  author: string | null;
  assigned_at: number;
}

export interface ChannelFollowers {
  workspace_id: string;
  channel_id: string;
  version_id: string | null;
  run_id: string;
  first_read_at: number;
  last_read_at: number;
}

export interface Channels {
  id: string;
  bucket_id: string;
  name: string;
  author: string | null;
  managed: number;
  restricted: number;
  version_id: string | null;
  created_at: number;
  updated_at: number;
}

export interface CodePolicies {
  id: string;
  organization_id: string;
  name: string;
  description: string;
  kind: string;
  query: string | null;
  enforcement_level: string;
  blob_key: string | null;
  created_at: number;
  updated_at: number;
}

export interface ConfigurationVersions {
  id: string;
  workspace_id: string;
  status: string;
  speculative: number;
  provisional: number;
  auto_queue_runs: number;
  source: string;
  error: string | null;
  error_message: string | null;
  blob_key: string | null;
  blob_bytes: number | null;
  created_at: number;
  uploaded_at: number | null;
  backing_deleted_at: number | null;
}

export interface ControlPolicies {
  organization_id: string;
  constraint_ids: string;
  revision: number;
}

export interface DataKeys {
  id: string;
  wrapped: Buffer;
  created_at: number;
}

export interface DataRetentionPolicies {
  id: string;
  organization_id: string;
  workspace_id: string | null;
  delete_older_than_days: number | null;
  created_at: number;
}

export interface Deliveries {
  id: string;
  configuration_id: string | null;
  webhook_id: string | null;
  event_id: string | null;
  alert_id: string | null;
  trigger: string;
  message: string;
  target: string;
  state: string;
  attempts: number;
  created_at: number;
  last_attempt_at: number | null;
  next_attempt_at: number | null;
  response_status: number | null;
  response_headers: string | null;
  response_body: string | null;
  error: string | null;
}

export interface EnforcedBlockFetches {
  id: string;
  bucket_id: string;
  principal_id: string;
  fetched_at: number;
  given: string;
}

export interface EnforcedBlockLinks {
  id: string;
  bucket_id: string;
  enforced_block_id: string;
  enforced_block_version_id: string;
  created_at: number;
}

export interface EnforcedBlockVersions {
  id: string;
  enforced_block_id: string;
  label: string;
  template_type: string;
  content: string;
  description: string;
  created_at: number;
  updated_at: number;
}

export interface EnforcedBlocks {
  id: string;
  project_id: string;
  name: string;
  labels: string;
  created_at: number;
  updated_at: number;
}

export interface Events {
  id: string;
  organization_id: string;
  project_id: string | null;
  workspace_id: string | null;
  kind: string;
  summary: string;
  actor_name: string | null;
  data: string;
  created_at: number;
}

export interface ExplorerViews {
  id: string;
  organization_id: string;
  name: string;
  query: string;
  created_at: number;
  updated_at: number;
}

export interface FollowRuns {
  cause_id: string;
  workspace_id: string;
  created_at: number;
}

export interface GroupMembers {
  group_id: string;
  principal_id: string;
  position: number;
}

export interface Groups {
  id: string;
  organization_id: string;
  name: string;
  display_name: string;
  description: string;
  scim_synchronized: number;
  created_at: number;
  updated_at: number;
}

export interface IamPolicies {
  resource: string;
  organization_id: string;
  project_id: string | null;
  bucket_id: string | null;
  group_id: string | null;
  etag: string;
}

export interface IdentityKeys {
  id: string;
  public_key: string;
  private_key: string;
  created_at: number;
}

export interface ImageUses {
  id: string;
  organization_id: string;
  workspace_id: string;
  state_version_id: string;
  resource: string;
  attribute: string;
  external_identifier: string;
  version_id: string | null;
  bucket_id: string | null;
  bucket_name: string | null;
  version_name: string | null;
  first_seen_at: number;
}

export interface Invitations {
  membership_id: string;
  invited_by: string;
  shown_hash: string | null;
  mailed_hash: string | null;
  mailed_to: string | null;
  mail_state: string;
  mail_error: string | null;
  sent_at: number;
  expires_at: number;
  accepted_at: number | null;
}

export interface InvitedPersons {
  principal_id: string;
  address_trusted_in: string;
}

export interface Jobs {
  id: string;
  kind: string;
  unique_key: string | null;
  payload: string;
  state: string;
  run_at: number;
  attempts: number;
  attempts_max: number;
  fence: number;
  holder: string | null;
  lease_until: number | null;
  last_error: string | null;
  created_at: number;
}

export interface LogChunks {
  phase_id: string;
  start_at: number;
  end_at: number;
  bytes: Buffer;
}

export interface LoginCodes {
  hash: string;
  client_id: string;
  redirect_uri: string;
  code_challenge: string;
  principal_id: string;
  organization_id: string;
  project_id: string | null;
  expires_at: number;
}

export interface NotificationConfigurations {
  id: string;
  organization_id: string;
  workspace_id: string | null;
  name: string;
  destination: string;
  sealed_url: string | null;
  sealed_token: string | null;
  email_addresses: string;
  user_ids: string;
  triggers: string;
  enabled: number;
  revision: number;
  created_at: number;
  updated_at: number;
  project_id: string | null;
  team_id: string | null;
}

export interface OrganizationMemberships {
  id: string;
  organization_id: string;
  principal_id: string;
  status: string;
  email: string;
  created_at: number;
}

export interface Organizations {
  id: string;
  external_id: string;
  name: string;
  created_at: number;
  assessments_enforced: number;
  email: string;
  settings: string;
  user_tokens_enabled: number;
  default_project_id: string | null;
  deleted_at: number | null;
}

export interface PackageFindings {
  package_id: string;
  vulnerability_id: string;
  fixed_version: string;
  first_seen_at: number;
  resolved_at: number | null;
}

export interface PackageScans {
  package_id: string;
  organization_id: string;
  ecosystem: string;
  state: string;
  import_id: string;
  scanned_at: number;
}

export interface Packages {
  id: string;
  project_id: string;
  listed_as: string;
  name: string;
  version: string;
  purl: string;
  type: string;
  namespace: string;
  purl_name: string;
  distro: string;
  source_name: string;
  source_version: string;
  epoch: string;
  named_at: number;
}

export interface PackerRuns {
  id: string;
  bucket_id: string;
  version_id: string;
  principal_id: string;
  opened_at: number | null;
  packer_run_uuid: string | null;
  running_at: number | null;
  linked: string | null;
}

export interface Phases {
  id: string;
  run_id: string;
  kind: string;
  status: string;
  job_id: string | null;
  fence: number | null;
  reported: number;
  runner_name: string | null;
  engine_name: string | null;
  engine_version: string | null;
  has_changes: number | null;
  additions: number | null;
  changes: number | null;
  destructions: number | null;
  imports: number | null;
  plan_file_key: string | null;
  plan_json_key: string | null;
  log_received: number;
  log_bytes: number;
  log_closed: number;
  log_key: string | null;
  queued_at: number | null;
  started_at: number | null;
  ended_at: number | null;
  agent_id: string | null;
  plan_rendered_key: string | null;
  generated_configuration: number;
}

export interface PolicyEvaluations {
  id: string;
  task_stage_id: string;
  kind: string;
  status: string;
  status_times: string;
  created_at: number;
  updated_at: number;
}

export interface PolicySetOutcomes {
  id: string;
  policy_evaluation_id: string;
  policy_set_id: string;
  policy_set_name: string;
  policy_set_description: string;
  overridable: number;
  position: number;
  error: string | null;
  outcomes: string | null;
  passed: number;
  advisory_failed: number;
  mandatory_failed: number;
  errored: number;
  created_at: number;
}

export interface PolicySetParameters {
  id: string;
  policy_set_id: string;
  key: string;
  sealed_value: string;
  sensitive: number;
  created_at: number;
}

export interface PolicySetPolicies {
  policy_set_id: string;
  policy_id: string;
}

export interface PolicySetProjects {
  policy_set_id: string;
  project_id: string;
  excluded: number;
}

export interface PolicySetVersions {
  id: string;
  policy_set_id: string;
  status: string;
  error_message: string | null;
  policy_count: number;
  blob_key: string | null;
  created_at: number;
  updated_at: number;
}

export interface PolicySetWorkspaces {
  policy_set_id: string;
  workspace_id: string;
  excluded: number;
}

export interface PolicySets {
  id: string;
  organization_id: string;
  name: string;
  description: string;
  kind: string;
  global: number;
  overridable: number;
  agent_enabled: number;
  policy_tool_version: string | null;
  current_version_id: string | null;
  newest_version_id: string | null;
  created_at: number;
  updated_at: number;
}

export interface Principals {
  id: string;
  kind: string;
  organization_id: string;
  project_id: string | null;
  name: string;
  email: string | null;
  created_at: number;
}

export interface ProjectTags {
  project_id: string;
  key: string;
  value: string;
}

export interface Projects {
  id: string;
  external_id: string;
  organization_id: string;
  name: string;
  description: string;
  created_at: number;
  default_execution_mode: string;
  execution_mode_overwritten: number;
  default_agent_pool_id: string | null;
  auto_destroy_activity_duration: string | null;
}

export interface Registries {
  project_id: string;
  id: string;
  feature_tier: string;
  activated: number;
  created_at: number;
  updated_at: number;
}

export interface RemoteStateConsumers {
  workspace_id: string;
  consumer_id: string;
}

export interface ReservedTagKeys {
  id: string;
  organization_id: string;
  key: string;
  disable_overrides: number;
  created_at: number;
  updated_at: number;
}

export interface RoleBindings {
  resource: string;
  role: string;
  position: number;
  principal_id: string | null;
  group_id: string | null;
}

export interface RunComments {
  id: string;
  run_id: string;
  body: string;
  created_by_id: string;
  created_by_name: string;
  created_at: number;
}

export interface RunEvents {
  id: string;
  run_id: string;
  action: string;
  description: string | null;
  actor_id: string | null;
  actor_name: string | null;
  comment_id: string | null;
  created_at: number;
}

export interface RunTaskCalls {
  id: string;
  project_id: string;
  task_result_id: string;
  stage: string;
  callback_url: string;
  plan_json_url: string | null;
  takes_outcomes: number;
  sealed_access_token: string | null;
  created_at: number;
  answered_at: number | null;
}

export interface RunTasks {
  project_id: string;
  api_id: string;
  sealed_hmac_key: string;
  on_untracked_image: string;
  created_at: number;
  updated_at: number;
}

export interface RunTriggers {
  id: string;
  workspace_id: string;
  source_id: string;
  created_at: number;
}

export interface RunnerEngines {
  runner_id: string;
  runner_name: string;
  engine: string;
  version: string;
  first_seen_at: number;
  seen_at: number;
}

export interface Runs {
  id: string;
  workspace_id: string;
  number: number;
  configuration_version_id: string;
  status: string;
  status_times: string;
  message: string;
  source: string;
  cause: string | null;
  is_destroy: number;
  refresh: number;
  refresh_only: number;
  plan_only: number;
  save_plan: number;
  auto_apply: number;
  allow_empty_apply: number;
  target_addrs: string | null;
  replace_addrs: string | null;
  sealed_variables: string;
  request_digest: string | null;
  has_changes: number | null;
  error_message: string | null;
  state_version_id: string | null;
  created_by_id: string | null;
  created_by_name: string;
  confirmed_by_name: string | null;
  cancel_requested_at: number | null;
  canceled_by_name: string | null;
  force_canceled_at: number | null;
  created_at: number;
  updated_at: number;
  organization_id: string;
  debugging_mode: number;
  engine_version: string | null;
  invoke_addrs: string | null;
  confirmed_by_id: string | null;
  canceled_by_id: string | null;
  triggering_run_id: string | null;
  allow_config_generation: number;
  policy_paths: string | null;
}

export interface SbomDocuments {
  blob_key: string;
  sbom_id: string | null;
  bucket_id: string;
  stored_at: number;
}

export interface SbomPackages {
  sbom_id: string;
  package_id: string;
  bucket_id: string;
}

export interface Sboms {
  id: string;
  build_id: string;
  name: string;
  format: string;
  state: string;
  unreadable_because: string | null;
  package_count: number | null;
  author: string;
  packer_run_uuid: string;
  bytes: number;
  sha256: string;
  created_at: number;
}

export interface ServicePrincipalKeys {
  client_id: string;
  principal_id: string;
  secret_hash: string;
  created_at: number;
}

export interface Settings {
  key: string;
  value: string;
}

export interface SshKeys {
  id: string;
  organization_id: string;
  name: string;
  sealed_value: string;
  created_at: number;
}

export interface StateVersionOutputs {
  id: string;
  state_version_id: string;
  name: string;
  sensitive: number;
  detailed_type: string;
  sealed_value: string;
}

export interface StateVersions {
  id: string;
  workspace_id: string;
  run_id: string | null;
  status: string;
  intermediate: number;
  forced: number;
  serial: number;
  lineage: string;
  md5: string;
  engine_version: string | null;
  resource_count: number;
  blob_key: string | null;
  blob_bytes: number | null;
  json_blob_key: string | null;
  sealed_outputs: string | null;
  created_by_id: string | null;
  created_by_name: string;
  created_at: number;
  finalized_at: number | null;
  backing_deleted_at: number | null;
}

export interface TaskResultOutcomes {
  id: string;
  task_result_id: string;
  position: number;
  outcome_id: string | null;
  description: string;
  tags: string;
  body: string | null;
  url: string | null;
  created_at: number;
}

export interface TaskResults {
  id: string;
  task_stage_id: string;
  task_id: string;
  workspace_task_id: string | null;
  task_name: string;
  sealed_task_url: string;
  enforcement_level: string;
  is_speculative: number;
  status: string;
  status_times: string;
  message: string | null;
  url: string | null;
  callback_id: string;
  attempts: number;
  started_at: number | null;
  progress_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface TaskStageOverrides {
  task_stage_id: string;
  by_name: string;
  comment: string | null;
  created_at: number;
}

export interface TaskStages {
  id: string;
  run_id: string;
  kind: string;
  status: string;
  status_times: string;
  created_at: number;
  updated_at: number;
}

export interface Tasks {
  id: string;
  organization_id: string;
  name: string;
  description: string;
  sealed_url: string;
  sealed_hmac_key: string | null;
  enabled: number;
  global_enabled: number;
  global_stages: string;
  global_enforcement_level: string;
  revision: number;
  created_at: number;
  updated_at: number;
}

export interface TeamAccess {
  id: string;
  team_id: string;
  project_id: string | null;
  workspace_id: string | null;
  level: string;
  custom: string;
  created_at: number;
}

export interface TeamMembers {
  team_id: string;
  principal_id: string;
  created_at: number;
}

export interface Teams {
  id: string;
  organization_id: string;
  name: string;
  visibility: string;
  sso_team_id: string | null;
  allow_member_token_management: number;
  organization_access: string;
  created_at: number;
}

export interface Tokens {
  id: string;
  hash: string;
  principal_id: string | null;
  client_id: string | null;
  organization_id: string;
  project_id: string | null;
  workspace_id: string | null;
  run_id: string | null;
  name: string;
  created_at: number;
  expires_at: number | null;
  provider_id: string | null;
  purpose: string;
  description: string | null;
  created_by_id: string | null;
  created_by_kind: string | null;
  last_used_at: number | null;
}

export interface VariableSetProjects {
  variable_set_id: string;
  project_id: string;
}

export interface VariableSetVariables {
  id: string;
  variable_set_id: string;
  key: string;
  category: string;
  value: string;
  description: string;
  hcl: number;
  sensitive: number;
  version_id: string;
  created_at: number;
}

export interface VariableSetWorkspaces {
  variable_set_id: string;
  workspace_id: string;
}

export interface VariableSets {
  id: string;
  organization_id: string;
  project_id: string | null;
  name: string;
  description: string;
  is_global: number;
  has_priority: number;
  created_at: number;
  updated_at: number;
}

export interface Variables {
  id: string;
  workspace_id: string;
  key: string;
  category: string;
  value: string;
  description: string;
  hcl: number;
  sensitive: number;
  created_at: number;
  version_id: string;
}

export interface VersionEnforcements {
  version_id: string;
  state: string;
  reason: string;
  blocks: string;
  decided_at: number;
}

export interface Versions {
  id: string;
  bucket_id: string;
  fingerprint: string;
  number: number | null;
  template_type: string;
  author: string;
  created_at: number;
  updated_at: number;
  revoke_at: number | null;
  revocation_message: string | null;
  revocation_author: string | null;
  revocation_type: string | null;
  revocation_cascades: number;
  revocation_inherited_from: string | null;
}

export interface Vulnerabilities {
  id: string;
  organization_id: string;
  identifier: string;
  description: string;
  refers_to: string;
  related: string;
  severity: string;
  criticality: number;
  published_at: number | null;
  withdrawn_at: number | null;
}

export interface VulnerabilityNames {
  organization_id: string;
  name: string;
  vulnerability_id: string;
}

export interface Webhooks {
  id: string;
  project_id: string;
  name: string;
  description: string;
  enabled: number;
  sealed_url: string;
  sealed_hmac_key: string | null;
  subscriptions: string;
  revision: number;
  created_at: number;
  updated_at: number;
}

export interface WorkloadIdentityProviders {
  id: string;
  principal_id: string;
  name: string;
  description: string;
  conditional_access: string;
  issuer_uri: string | null;
  allowed_audiences: string;
  aws_account_id: string | null;
  created_at: number;
  updated_at: number;
}

export interface WorkspaceDependencies {
  workspace_id: string;
  organization_id: string;
  kind: string;
  source: string;
  version: string;
  name: string;
  reported: number;
}

export interface WorkspaceResources {
  id: string;
  workspace_id: string;
  address: string;
  name: string;
  module: string;
  provider: string;
  provider_type: string;
  name_index: string | null;
  digest: string;
  modified_by_state_version_id: string;
  created_at: number;
  updated_at: number;
}

export interface WorkspaceSummaries {
  workspace_id: string;
  organization_id: string;
  engine_version: string | null;
  resource_count: number | null;
  billable_count: number | null;
  providers: string | null;
  provider_count: number | null;
  modules: string | null;
  module_count: number | null;
  checks_passed: number | null;
  checks_failed: number | null;
  checks_errored: number | null;
  checks_unknown: number | null;
  resources_drifted: number | null;
  resources_undrifted: number | null;
}

export interface WorkspaceTags {
  workspace_id: string;
  key: string;
  value: string;
}

export interface WorkspaceTasks {
  id: string;
  workspace_id: string;
  task_id: string;
  enforcement_level: string;
  stages: string;
  created_at: number;
  updated_at: number;
}

export interface Workspaces {
  id: string;
  organization_id: string;
  project_id: string;
  name: string;
  description: string;
  execution_mode: string;
  auto_apply: number;
  terraform_version: string;
  engine_name: string | null;
  engine_version: string | null;
  client_engine: string | null;
  working_directory: string;
  locked_by_kind: string | null;
  locked_by_id: string | null;
  locked_by_name: string | null;
  lock_reason: string | null;
  locked_at: number | null;
  current_run_id: string | null;
  current_state_version_id: string | null;
  last_run_number: number;
  created_at: number;
  updated_at: number;
  assessments_enabled: number;
  follow: string;
  image_age_days_max: number | null;
  image_behind_days_max: number | null;
  execution_mode_overwritten: number;
  allow_destroy_plan: number;
  auto_apply_run_trigger: number;
  queue_all_runs: number;
  speculative_enabled: number;
  file_triggers_enabled: number;
  structured_run_output_enabled: number;
  global_remote_state: number;
  project_remote_state: number;
  inherits_project_auto_destroy: number;
  trigger_prefixes: string;
  trigger_patterns: string;
  agent_pool_id: string | null;
  source_name: string | null;
  source_url: string | null;
  auto_destroy_activity_duration: string | null;
  ssh_key_id: string | null;
  auto_destroy_at: number | null;
  latest_change_at: number;
}

export interface Schema {
  advisories: Advisories;
  advisory_archives: AdvisoryArchives;
  advisory_gates: AdvisoryGates;
  advisory_imports: AdvisoryImports;
  advisory_packages: AdvisoryPackages;
  agent_pool_projects: AgentPoolProjects;
  agent_pool_workspaces: AgentPoolWorkspaces;
  agent_pools: AgentPools;
  agent_tokens: AgentTokens;
  agents: Agents;
  alert_checks: AlertChecks;
  alerts: Alerts;
  artifacts: Artifacts;
  assessment_gates: AssessmentGates;
  assessment_log_chunks: AssessmentLogChunks;
  assessments: Assessments;
  audit_cursors: AuditCursors;
  audit_heads: AuditHeads;
  audit_records: AuditRecords;
  bucket_packages: BucketPackages;
  bucket_parents: BucketParents;
  buckets: Buckets;
  builds: Builds;
  bulk_action_targets: BulkActionTargets;
  bulk_actions: BulkActions;
  change_requests: ChangeRequests;
  channel_assignments: ChannelAssignments;
  channel_followers: ChannelFollowers;
  channels: Channels;
  code_policies: CodePolicies;
  configuration_versions: ConfigurationVersions;
  control_policies: ControlPolicies;
  data_keys: DataKeys;
  data_retention_policies: DataRetentionPolicies;
  deliveries: Deliveries;
  enforced_block_fetches: EnforcedBlockFetches;
  enforced_block_links: EnforcedBlockLinks;
  enforced_block_versions: EnforcedBlockVersions;
  enforced_blocks: EnforcedBlocks;
  events: Events;
  explorer_views: ExplorerViews;
  follow_runs: FollowRuns;
  group_members: GroupMembers;
  groups: Groups;
  iam_policies: IamPolicies;
  identity_keys: IdentityKeys;
  image_uses: ImageUses;
  invitations: Invitations;
  invited_persons: InvitedPersons;
  jobs: Jobs;
  log_chunks: LogChunks;
  login_codes: LoginCodes;
  notification_configurations: NotificationConfigurations;
  organization_memberships: OrganizationMemberships;
  organizations: Organizations;
  package_findings: PackageFindings;
  package_scans: PackageScans;
  packages: Packages;
  packer_runs: PackerRuns;
  phases: Phases;
  policy_evaluations: PolicyEvaluations;
  policy_set_outcomes: PolicySetOutcomes;
  policy_set_parameters: PolicySetParameters;
  policy_set_policies: PolicySetPolicies;
  policy_set_projects: PolicySetProjects;
  policy_set_versions: PolicySetVersions;
  policy_set_workspaces: PolicySetWorkspaces;
  policy_sets: PolicySets;
  principals: Principals;
  project_tags: ProjectTags;
  projects: Projects;
  registries: Registries;
  remote_state_consumers: RemoteStateConsumers;
  reserved_tag_keys: ReservedTagKeys;
  role_bindings: RoleBindings;
  run_comments: RunComments;
  run_events: RunEvents;
  run_task_calls: RunTaskCalls;
  run_tasks: RunTasks;
  run_triggers: RunTriggers;
  runner_engines: RunnerEngines;
  runs: Runs;
  sbom_documents: SbomDocuments;
  sbom_packages: SbomPackages;
  sboms: Sboms;
  service_principal_keys: ServicePrincipalKeys;
  settings: Settings;
  ssh_keys: SshKeys;
  state_version_outputs: StateVersionOutputs;
  state_versions: StateVersions;
  task_result_outcomes: TaskResultOutcomes;
  task_results: TaskResults;
  task_stage_overrides: TaskStageOverrides;
  task_stages: TaskStages;
  tasks: Tasks;
  team_access: TeamAccess;
  team_members: TeamMembers;
  teams: Teams;
  tokens: Tokens;
  variable_set_projects: VariableSetProjects;
  variable_set_variables: VariableSetVariables;
  variable_set_workspaces: VariableSetWorkspaces;
  variable_sets: VariableSets;
  variables: Variables;
  version_enforcements: VersionEnforcements;
  versions: Versions;
  vulnerabilities: Vulnerabilities;
  vulnerability_names: VulnerabilityNames;
  webhooks: Webhooks;
  workload_identity_providers: WorkloadIdentityProviders;
  workspace_dependencies: WorkspaceDependencies;
  workspace_resources: WorkspaceResources;
  workspace_summaries: WorkspaceSummaries;
  workspace_tags: WorkspaceTags;
  workspace_tasks: WorkspaceTasks;
  workspaces: Workspaces;
}
