-- Made by `npm run schema` from the migrations. Do not edit.
CREATE TABLE "advisories" ("import_id" text not null references "advisory_imports" ("id") on delete cascade,
  "identifier" text not null,
  "description" text not null,
  "refers_to" text not null,
  "related" text not null,
  "severity" text not null,
  "criticality" bigint not null,
  "published_at" bigint,
  "withdrawn_at" bigint,
  constraint "advisories_pk" primary key ("import_id",
  "identifier"));

CREATE TABLE "advisory_archives" ("organization_id" text not null references "organizations" ("id") on delete cascade,
  "ecosystem" text not null,
  "import_id" text not null references "advisory_imports" ("id"),
  constraint "advisory_archives_pk" primary key ("organization_id",
  "ecosystem"));

CREATE TABLE "advisory_gates" ("organization_id" text not null primary key);

CREATE TABLE "advisory_imports" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "ecosystem" text,
  "status" text not null,
  "error_message" text,
  "file_name" text not null,
  "sha256" text not null,
  "bytes" bigint not null,
  "author" text not null,
  "entries_total" bigint,
  "entries_read" bigint not null,
  "advisories" bigint not null,
  "withdrawn" bigint not null,
  "skipped" bigint not null,
  "modified_at" bigint,
  "created_at" bigint not null,
  "ended_at" bigint);

CREATE INDEX "advisory_imports_created" on "advisory_imports" ("organization_id",
  "created_at",
  "id");

CREATE TABLE "advisory_packages" ("import_id" text not null references "advisory_imports" ("id") on delete cascade,
  "name" text not null,
  "identifier" text not null,
  "affected" text not null,
  constraint "advisory_packages_pk" primary key ("import_id",
  "name",
  "identifier"));

CREATE TABLE "agent_pool_projects" ("agent_pool_id" text not null references "agent_pools" ("id") on delete cascade,
  "project_id" text not null references "projects" ("id") on delete cascade,
  constraint "agent_pool_projects_pk" primary key ("agent_pool_id",
  "project_id"));

CREATE INDEX "agent_pool_projects_project" on "agent_pool_projects" ("project_id");

CREATE TABLE "agent_pool_workspaces" ("agent_pool_id" text not null references "agent_pools" ("id") on delete cascade,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "excluded" integer not null,
  constraint "agent_pool_workspaces_pk" primary key ("agent_pool_id",
  "excluded",
  "workspace_id"));

CREATE INDEX "agent_pool_workspaces_workspace" on "agent_pool_workspaces" ("workspace_id");

CREATE TABLE "agent_pools" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "organization_scoped" integer not null,
  "created_at" bigint not null,
  constraint "agent_pools_name" unique ("organization_id",
  "name"));

CREATE TABLE "agent_tokens" ("token_id" text not null primary key references "tokens" ("id") on delete cascade,
  "agent_pool_id" text not null references "agent_pools" ("id") on delete cascade,
  "description" text not null,
  "created_by_id" text not null,
  "created_by_name" text not null,
  "created_at" bigint not null,
  "last_used_at" bigint);

CREATE INDEX "agent_tokens_pool" on "agent_tokens" ("agent_pool_id",
  "token_id");

CREATE TABLE "agents" ("id" text not null primary key,
  "agent_pool_id" text not null references "agent_pools" ("id") on delete cascade,
  "name" text not null,
  "ip_address" text not null,
  "created_at" bigint not null,
  "last_ping_at" bigint not null,
  constraint "agents_name" unique ("agent_pool_id",
  "name"));

CREATE TABLE "alert_checks" ("workspace_id" text not null primary key references "workspaces" ("id") on delete cascade,
  "checked_at" bigint not null);

CREATE TABLE "alerts" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "project_id" text,
  "workspace_id" text references "workspaces" ("id") on delete cascade,
  "kind" text not null,
  "cause" text not null,
  "open_key" text,
  "severity" text not null,
  "title" text not null,
  "detail" text not null,
  "subjects" text not null,
  "run_id" text,
  "bucket_name" text,
  "version_name" text,
  "opened_at" bigint not null,
  "changed_at" bigint not null,
  "resolved_at" bigint,
  constraint "alerts_open_key" unique ("open_key"));

CREATE INDEX "alerts_list" on "alerts" ("organization_id",
  "id");

CREATE INDEX "alerts_workspace" on "alerts" ("workspace_id",
  "id");

CREATE TABLE "artifacts" ("id" text not null primary key,
  "build_id" text not null references "builds" ("id") on delete cascade,
  "external_identifier" text not null,
  "region" text not null,
  "created_at" bigint not null,
  constraint "artifacts_identity" unique ("build_id",
  "external_identifier",
  "region"));

CREATE INDEX "artifacts_identifier" on "artifacts" ("external_identifier");

CREATE INDEX "artifacts_search" on "artifacts" ("external_identifier",
  "created_at",
  "id");

CREATE TABLE "assessment_gates" ("organization_id" text not null primary key);

CREATE TABLE "assessment_log_chunks" ("assessment_id" text not null references "assessments" ("id") on delete cascade,
  "start_at" bigint not null,
  "bytes" blob not null,
  constraint "assessment_log_chunks_pk" primary key ("assessment_id",
  "start_at"));

CREATE TABLE "assessments" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "configuration_version_id" text not null,
  "status" text not null,
  "requested_by_name" text,
  "trigger_kind" text not null,
  "job_id" text,
  "fence" bigint,
  "reported" integer not null,
  "runner_name" text,
  "engine_name" text,
  "engine_version" text,
  "error_message" text,
  "resources_drifted" bigint,
  "resources_undrifted" bigint,
  "checks_passed" bigint,
  "checks_failed" bigint,
  "checks_errored" bigint,
  "checks_unknown" bigint,
  "findings" text not null,
  "plan_json_key" text,
  "detail_key" text,
  "log_received" bigint not null,
  "log_bytes" bigint not null,
  "log_closed" integer not null,
  "log_key" text,
  "queued_at" bigint not null,
  "started_at" bigint,
  "ended_at" bigint);

CREATE INDEX "assessments_job" on "assessments" ("job_id");

CREATE INDEX "assessments_status" on "assessments" ("status",
  "queued_at");

CREATE INDEX "assessments_workspace" on "assessments" ("workspace_id",
  "queued_at",
  "id");

CREATE TABLE "audit_cursors" ("stream" text not null,
  "trail" text not null,
  "sequence" bigint not null,
  constraint "audit_cursors_pk" primary key ("stream",
  "trail"));

CREATE TABLE "audit_heads" ("trail" text not null primary key,
  "sequence" bigint not null,
  "hash" text not null,
  "at" bigint not null);

CREATE TRIGGER "audit_records_no_delete" before delete on audit_records
begin select raise(abort,
  'audit records are only ever added'); end;

CREATE TRIGGER "audit_records_no_update" before update on audit_records
begin select raise(abort,
  'audit records are only ever added'); end;

CREATE TABLE "audit_records" ("trail" text not null,
  "sequence" bigint not null,
  "id" text not null unique,
  "at" bigint not null,
  "project_id" text,
  "actor_id" text,
  "actor_name" text,
  "action" text not null,
  "resource_id" text,
  "resource_name" text,
  "outcome" text not null,
  "record" text not null,
  "hash" text not null,
  constraint "audit_records_pk" primary key ("trail",
  "sequence"));

CREATE INDEX "audit_records_action" on "audit_records" ("trail",
  "action",
  "sequence");

CREATE INDEX "audit_records_actor_id" on "audit_records" ("trail",
  "actor_id",
  "sequence");

CREATE INDEX "audit_records_actor_name" on "audit_records" ("trail",
  "actor_name",
  "sequence");

CREATE INDEX "audit_records_at" on "audit_records" ("trail",
  "at",
  "sequence");

CREATE INDEX "audit_records_outcome" on "audit_records" ("trail",
  "outcome",
  "sequence") where "outcome" <> 'ok';

CREATE INDEX "audit_records_project_id" on "audit_records" ("trail",
  "project_id",
  "sequence");

CREATE INDEX "audit_records_resource_id" on "audit_records" ("trail",
  "resource_id",
  "sequence");

CREATE INDEX "audit_records_resource_name" on "audit_records" ("trail",
  "resource_name",
  "sequence");

CREATE TABLE "bucket_packages" ("bucket_id" text not null references "buckets" ("id") on delete cascade,
  "package_id" text not null references "packages" ("id") on delete cascade,
  constraint "bucket_packages_pk" primary key ("bucket_id",
  "package_id"));

CREATE INDEX "bucket_packages_package" on "bucket_packages" ("package_id",
  "bucket_id");

CREATE TABLE "bucket_parents" ("build_id" text not null primary key references "builds" ("id") on delete cascade,
  "bucket_id" text not null references "buckets" ("id") on delete cascade,
  "parent_version_id" text not null references "versions" ("id") on delete cascade,
  "parent_bucket_id" text not null,
  "parent_channel_id" text);

CREATE INDEX "bucket_parents_child" on "bucket_parents" ("bucket_id");

CREATE INDEX "bucket_parents_parent" on "bucket_parents" ("parent_bucket_id");

CREATE INDEX "bucket_parents_version" on "bucket_parents" ("parent_version_id");

CREATE TABLE "buckets" ("id" text not null primary key,
  "project_id" text not null references "projects" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "labels" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "version_count" bigint default 0 not null,
  constraint "buckets_name" unique ("project_id",
  "name"));

CREATE INDEX "buckets_created" on "buckets" ("project_id",
  "created_at",
  "id");

CREATE INDEX "buckets_updated" on "buckets" ("project_id",
  "updated_at",
  "id");

CREATE TABLE "builds" ("id" text not null primary key,
  "version_id" text not null references "versions" ("id") on delete cascade,
  "component_type" text not null,
  "packer_run_uuid" text not null,
  "platform" text not null,
  "status" text not null,
  "source_external_identifier" text not null,
  "parent_version_id" text,
  "parent_channel_id" text,
  "labels" text not null,
  "metadata" text,
  "beat_at" bigint not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "builds_component" unique ("version_id",
  "component_type"));

CREATE INDEX "builds_beats" on "builds" ("status",
  "beat_at");

CREATE INDEX "builds_parent" on "builds" ("parent_version_id");

CREATE TABLE "bulk_action_targets" ("bulk_action_id" text not null references "bulk_actions" ("id") on delete cascade,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  constraint "bulk_action_targets_pk" primary key ("bulk_action_id",
  "workspace_id"));

CREATE INDEX "bulk_action_targets_workspace" on "bulk_action_targets" ("workspace_id");

CREATE TABLE "bulk_actions" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "subject" text not null,
  "message" text not null,
  "query" text,
  "created_by_id" text not null,
  "created_by_kind" text not null,
  "created_by_name" text not null,
  "created_at" bigint not null,
  "done_up_to" text not null,
  "made" bigint not null,
  "finished_at" bigint);

CREATE INDEX "bulk_actions_organization" on "bulk_actions" ("organization_id");

CREATE TABLE "change_requests" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "bulk_action_id" text not null,
  "subject" text not null,
  "message" text not null,
  "created_by_id" text not null,
  "created_by_kind" text not null,
  "created_by_name" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "archived_at" bigint,
  "archived_by_id" text,
  "archived_by_kind" text,
  constraint "change_requests_copy" unique ("bulk_action_id",
  "workspace_id"));

CREATE INDEX "change_requests_workspace" on "change_requests" ("workspace_id",
  "created_at",
  "id");

CREATE TABLE "channel_assignments" ("channel_id" text not null references "channels" ("id") on delete cascade,
  "position" bigint not null,
  "version_id" text not null references "versions" ("id") on delete cascade,
  "author" text,
  "assigned_at" bigint not null,
  constraint "channel_assignments_pk" primary key ("channel_id",
  "position"));

CREATE INDEX "channel_assignments_version" on "channel_assignments" ("version_id");

CREATE TABLE "channel_followers" ("workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "channel_id" text not null references "channels" ("id") on delete cascade,
  "version_id" text,
  "run_id" text not null,
  "first_read_at" bigint not null,
  "last_read_at" bigint not null,
  constraint "channel_followers_pk" primary key ("workspace_id",
  "channel_id"));

CREATE INDEX "channel_followers_channel" on "channel_followers" ("channel_id");

CREATE TABLE "channels" ("id" text not null primary key,
  "bucket_id" text not null references "buckets" ("id") on delete cascade,
  "name" text not null,
  "author" text,
  "managed" integer not null,
  "restricted" integer not null,
  "version_id" text references "versions" ("id") on delete set null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "channels_name" unique ("bucket_id",
  "name"));

CREATE INDEX "channels_managed" on "channels" ("bucket_id",
  "managed");

CREATE INDEX "channels_version" on "channels" ("version_id");

CREATE TABLE "code_policies" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "kind" text not null,
  "query" text,
  "enforcement_level" text not null,
  "blob_key" text,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "code_policies_name" unique ("organization_id",
  "name"));

CREATE TABLE "configuration_versions" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "status" text not null,
  "speculative" integer not null,
  "provisional" integer not null,
  "auto_queue_runs" integer not null,
  "source" text not null,
  "error" text,
  "error_message" text,
  "blob_key" text,
  "blob_bytes" bigint,
  "created_at" bigint not null,
  "uploaded_at" bigint,
  "backing_deleted_at" bigint);

CREATE INDEX "configuration_versions_workspace" on "configuration_versions" ("workspace_id",
  "created_at",
  "id");

CREATE TABLE "control_policies" ("organization_id" text not null primary key references "organizations" ("id") on delete cascade,
  "constraint_ids" text not null,
  "revision" bigint not null);

CREATE TABLE "data_keys" ("id" text not null primary key,
  "wrapped" blob not null,
  "created_at" bigint not null);

CREATE TABLE "data_retention_policies" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "workspace_id" text references "workspaces" ("id") on delete cascade,
  "delete_older_than_days" bigint,
  "created_at" bigint not null);

CREATE INDEX "data_retention_policies_organization" on "data_retention_policies" ("organization_id",
  "workspace_id");

CREATE INDEX "data_retention_policies_workspace" on "data_retention_policies" ("workspace_id");

CREATE TABLE "deliveries" ("id" text not null primary key,
  "configuration_id" text references "notification_configurations" ("id") on delete cascade,
  "webhook_id" text references "webhooks" ("id") on delete cascade,
  "event_id" text,
  "alert_id" text,
  "trigger" text not null,
  "message" text not null,
  "target" text not null,
  "state" text not null,
  "attempts" bigint not null,
  "created_at" bigint not null,
  "last_attempt_at" bigint,
  "next_attempt_at" bigint,
  "response_status" bigint,
  "response_headers" text,
  "response_body" text,
  "error" text,
  constraint "deliveries_once" unique ("configuration_id",
  "event_id",
  "trigger"),
  constraint "deliveries_once_webhook" unique ("webhook_id",
  "event_id",
  "trigger"),
  constraint "deliveries_recipient" check ((configuration_id is null) <> (webhook_id is null)));

CREATE INDEX "deliveries_alert" on "deliveries" ("alert_id",
  "id");

CREATE INDEX "deliveries_configuration" on "deliveries" ("configuration_id",
  "id");

CREATE INDEX "deliveries_time" on "deliveries" ("created_at");

CREATE INDEX "deliveries_webhook" on "deliveries" ("webhook_id",
  "id");

CREATE TABLE "enforced_block_fetches" ("id" text not null primary key,
  "bucket_id" text not null references "buckets" ("id") on delete cascade,
  "principal_id" text not null,
  "fetched_at" bigint not null,
  "given" text not null);

CREATE INDEX "enforced_block_fetches_time" on "enforced_block_fetches" ("fetched_at");

CREATE INDEX "enforced_block_fetches_window" on "enforced_block_fetches" ("bucket_id",
  "principal_id",
  "fetched_at");

CREATE TABLE "enforced_block_links" ("id" text not null primary key,
  "bucket_id" text not null references "buckets" ("id") on delete cascade,
  "enforced_block_id" text not null references "enforced_blocks" ("id") on delete cascade,
  "enforced_block_version_id" text not null references "enforced_block_versions" ("id") on delete cascade,
  "created_at" bigint not null,
  constraint "enforced_block_links_block" unique ("bucket_id",
  "enforced_block_id"));

CREATE INDEX "enforced_block_links_of_block" on "enforced_block_links" ("enforced_block_id");

CREATE INDEX "enforced_block_links_version" on "enforced_block_links" ("enforced_block_version_id");

CREATE TABLE "enforced_block_versions" ("id" text not null primary key,
  "enforced_block_id" text not null references "enforced_blocks" ("id") on delete cascade,
  "label" text not null,
  "template_type" text not null,
  "content" text not null,
  "description" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "enforced_block_versions_label" unique ("enforced_block_id",
  "label"));

CREATE TABLE "enforced_blocks" ("id" text not null primary key,
  "project_id" text not null references "projects" ("id") on delete cascade,
  "name" text not null,
  "labels" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "enforced_blocks_name" unique ("project_id",
  "name"));

CREATE TABLE "events" ("id" text not null primary key,
  "organization_id" text not null,
  "project_id" text,
  "workspace_id" text,
  "kind" text not null,
  "summary" text not null,
  "actor_name" text,
  "data" text not null,
  "created_at" bigint not null);

CREATE INDEX "events_list" on "events" ("organization_id",
  "id");

CREATE INDEX "events_time" on "events" ("created_at");

CREATE INDEX "events_workspace" on "events" ("workspace_id",
  "id");

CREATE TABLE "explorer_views" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "query" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null);

CREATE INDEX "explorer_views_organization" on "explorer_views" ("organization_id",
  "name",
  "id");

CREATE TABLE "follow_runs" ("cause_id" text not null,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "created_at" bigint not null,
  constraint "follow_runs_pk" primary key ("cause_id",
  "workspace_id"));

CREATE TABLE "group_members" ("group_id" text not null references "groups" ("id") on delete cascade,
  "principal_id" text not null references "principals" ("id") on delete cascade,
  "position" bigint not null,
  constraint "group_members_pk" primary key ("group_id",
  "principal_id"));

CREATE INDEX "group_members_principal" on "group_members" ("principal_id");

CREATE TABLE "groups" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "display_name" text not null,
  "description" text not null,
  "scim_synchronized" integer not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "groups_name" unique ("organization_id",
  "name"),
  constraint "groups_display_name" unique ("organization_id",
  "display_name"));

CREATE TABLE "iam_policies" ("resource" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "project_id" text references "projects" ("id") on delete cascade,
  "bucket_id" text references "buckets" ("id") on delete cascade,
  "group_id" text references "groups" ("id") on delete cascade,
  "etag" text not null);

CREATE INDEX "iam_policies_bucket_id" on "iam_policies" ("bucket_id");

CREATE INDEX "iam_policies_group_id" on "iam_policies" ("group_id");

CREATE INDEX "iam_policies_organization_id" on "iam_policies" ("organization_id");

CREATE INDEX "iam_policies_project_id" on "iam_policies" ("project_id");

CREATE TABLE "identity_keys" ("id" text not null primary key,
  "public_key" text not null,
  "private_key" text not null,
  "created_at" bigint not null);

CREATE TABLE "image_uses" ("id" text not null primary key,
  "organization_id" text not null,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "state_version_id" text not null,
  "resource" text not null,
  "attribute" text not null,
  "external_identifier" text not null,
  "version_id" text,
  "bucket_id" text,
  "bucket_name" text,
  "version_name" text,
  "first_seen_at" bigint not null,
  constraint "image_uses_place" unique ("workspace_id",
  "resource",
  "attribute",
  "external_identifier"));

CREATE INDEX "image_uses_bucket" on "image_uses" ("bucket_id");

CREATE INDEX "image_uses_list" on "image_uses" ("organization_id",
  "workspace_id",
  "resource",
  "attribute");

CREATE INDEX "image_uses_version" on "image_uses" ("version_id");

CREATE TABLE "invitations" ("membership_id" text not null primary key references "organization_memberships" ("id") on delete cascade,
  "invited_by" text not null,
  "shown_hash" text,
  "mailed_hash" text,
  "mailed_to" text,
  "mail_state" text not null,
  "mail_error" text,
  "sent_at" bigint not null,
  "expires_at" bigint not null,
  "accepted_at" bigint,
  constraint "invitations_shown" unique ("shown_hash"),
  constraint "invitations_mailed" unique ("mailed_hash"));

CREATE TABLE "invited_persons" ("principal_id" text not null primary key references "principals" ("id") on delete cascade,
  "address_trusted_in" text not null);

CREATE TABLE "jobs" ("id" text not null primary key,
  "kind" text not null,
  "unique_key" text,
  "payload" text not null,
  "state" text not null,
  "run_at" bigint not null,
  "attempts" bigint not null,
  "attempts_max" bigint not null,
  "fence" bigint not null,
  "holder" text,
  "lease_until" bigint,
  "last_error" text,
  "created_at" bigint not null,
  constraint "jobs_unique_key" unique ("kind",
  "unique_key"));

CREATE INDEX "jobs_due" on "jobs" ("state",
  "kind",
  "run_at");

CREATE INDEX "jobs_leases" on "jobs" ("state",
  "lease_until");

CREATE TABLE "log_chunks" ("phase_id" text not null references "phases" ("id") on delete cascade,
  "start_at" bigint not null,
  "end_at" bigint not null,
  "bytes" blob not null,
  constraint "log_chunks_pk" primary key ("phase_id",
  "start_at"));

CREATE TABLE "login_codes" ("hash" text not null primary key,
  "client_id" text not null,
  "redirect_uri" text not null,
  "code_challenge" text not null,
  "principal_id" text not null references "principals" ("id") on delete cascade,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "project_id" text references "projects" ("id") on delete cascade,
  "expires_at" bigint not null);

CREATE INDEX "login_codes_expiry" on "login_codes" ("expires_at");

CREATE INDEX "login_codes_principal" on "login_codes" ("principal_id");

CREATE TABLE "notification_configurations" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "workspace_id" text references "workspaces" ("id") on delete cascade,
  "name" text not null,
  "destination" text not null,
  "sealed_url" text,
  "sealed_token" text,
  "email_addresses" text not null,
  "user_ids" text not null,
  "triggers" text not null,
  "enabled" integer not null,
  "revision" bigint not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "project_id" text references "projects" ("id") on delete cascade,
  "team_id" text references "teams" ("id") on delete cascade);

CREATE INDEX "notification_configurations_list" on "notification_configurations" ("organization_id",
  "id");

CREATE INDEX "notification_configurations_project" on "notification_configurations" ("project_id");

CREATE INDEX "notification_configurations_team" on "notification_configurations" ("team_id");

CREATE INDEX "notification_configurations_workspace" on "notification_configurations" ("workspace_id");

CREATE TABLE "organization_memberships" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "principal_id" text not null references "principals" ("id") on delete cascade,
  "status" text not null,
  "email" text not null,
  "created_at" bigint not null,
  constraint "organization_memberships_person" unique ("organization_id",
  "principal_id"));

CREATE INDEX "organization_memberships_principal" on "organization_memberships" ("principal_id",
  "status");

CREATE TABLE "organizations" ("id" text not null primary key,
  "external_id" text not null unique,
  "name" text not null unique,
  "created_at" bigint not null,
  "assessments_enforced" integer default 0 not null,
  "email" text default '' not null,
  "settings" text default '{}' not null,
  "user_tokens_enabled" integer default 1 not null,
  "default_project_id" text,
  "deleted_at" bigint);

CREATE TABLE "package_findings" ("package_id" text not null references "packages" ("id") on delete cascade,
  "vulnerability_id" text not null references "vulnerabilities" ("id") on delete cascade,
  "fixed_version" text not null,
  "first_seen_at" bigint not null,
  "resolved_at" bigint,
  constraint "package_findings_pk" primary key ("package_id",
  "vulnerability_id"));

CREATE INDEX "package_findings_vulnerability" on "package_findings" ("vulnerability_id",
  "package_id");

CREATE TABLE "package_scans" ("package_id" text not null primary key references "packages" ("id") on delete cascade,
  "organization_id" text not null,
  "ecosystem" text not null,
  "state" text not null,
  "import_id" text not null,
  "scanned_at" bigint not null);

CREATE INDEX "package_scans_ecosystem" on "package_scans" ("organization_id",
  "ecosystem",
  "package_id");

CREATE TABLE "packages" ("id" text not null primary key,
  "project_id" text not null references "projects" ("id") on delete cascade,
  "listed_as" text not null,
  "name" text not null,
  "version" text not null,
  "purl" text not null,
  "type" text not null,
  "namespace" text not null,
  "purl_name" text not null,
  "distro" text not null,
  "source_name" text not null,
  "source_version" text not null,
  "epoch" text not null,
  "named_at" bigint not null);

CREATE INDEX "packages_name" on "packages" ("project_id",
  "name",
  "listed_as",
  "id");

CREATE INDEX "packages_purl" on "packages" ("project_id",
  "purl",
  "id");

CREATE INDEX "packages_type" on "packages" ("project_id",
  "type",
  "purl_name",
  "id");

CREATE TABLE "packer_runs" ("id" text not null primary key,
  "bucket_id" text not null references "buckets" ("id") on delete cascade,
  "version_id" text not null references "versions" ("id") on delete cascade,
  "principal_id" text not null,
  "opened_at" bigint,
  "packer_run_uuid" text,
  "running_at" bigint,
  "linked" text,
  constraint "packer_runs_uuid" unique ("version_id",
  "packer_run_uuid"));

CREATE INDEX "packer_runs_window" on "packer_runs" ("bucket_id",
  "principal_id",
  "opened_at");

CREATE TABLE "phases" ("id" text not null primary key,
  "run_id" text not null references "runs" ("id") on delete cascade,
  "kind" text not null,
  "status" text not null,
  "job_id" text,
  "fence" bigint,
  "reported" integer not null,
  "runner_name" text,
  "engine_name" text,
  "engine_version" text,
  "has_changes" integer,
  "additions" bigint,
  "changes" bigint,
  "destructions" bigint,
  "imports" bigint,
  "plan_file_key" text,
  "plan_json_key" text,
  "log_received" bigint not null,
  "log_bytes" bigint not null,
  "log_closed" integer not null,
  "log_key" text,
  "queued_at" bigint,
  "started_at" bigint,
  "ended_at" bigint,
  "agent_id" text,
  "plan_rendered_key" text,
  "generated_configuration" integer default 0 not null,
  constraint "phases_run" unique ("run_id",
  "kind"));

CREATE INDEX "phases_agent" on "phases" ("agent_id",
  "status");

CREATE INDEX "phases_job" on "phases" ("job_id");

CREATE INDEX "phases_status" on "phases" ("status",
  "queued_at");

CREATE TABLE "policy_evaluations" ("id" text not null primary key,
  "task_stage_id" text not null references "task_stages" ("id") on delete cascade,
  "kind" text not null,
  "status" text not null,
  "status_times" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "policy_evaluations_once" unique ("task_stage_id",
  "kind"));

CREATE TABLE "policy_set_outcomes" ("id" text not null primary key,
  "policy_evaluation_id" text not null references "policy_evaluations" ("id") on delete cascade,
  "policy_set_id" text not null,
  "policy_set_name" text not null,
  "policy_set_description" text not null,
  "overridable" integer not null,
  "position" bigint not null,
  "error" text,
  "outcomes" text,
  "passed" bigint not null,
  "advisory_failed" bigint not null,
  "mandatory_failed" bigint not null,
  "errored" bigint not null,
  "created_at" bigint not null);

CREATE INDEX "policy_set_outcomes_evaluation" on "policy_set_outcomes" ("policy_evaluation_id",
  "position");

CREATE TABLE "policy_set_parameters" ("id" text not null primary key,
  "policy_set_id" text not null references "policy_sets" ("id") on delete cascade,
  "key" text not null,
  "sealed_value" text not null,
  "sensitive" integer not null,
  "created_at" bigint not null,
  constraint "policy_set_parameters_key" unique ("policy_set_id",
  "key"));

CREATE TABLE "policy_set_policies" ("policy_set_id" text not null references "policy_sets" ("id") on delete cascade,
  "policy_id" text not null references "code_policies" ("id") on delete cascade,
  constraint "policy_set_policies_pk" primary key ("policy_set_id",
  "policy_id"));

CREATE INDEX "policy_set_policies_policy" on "policy_set_policies" ("policy_id");

CREATE TABLE "policy_set_projects" ("policy_set_id" text not null references "policy_sets" ("id") on delete cascade,
  "project_id" text not null references "projects" ("id") on delete cascade,
  "excluded" integer not null,
  constraint "policy_set_projects_pk" primary key ("policy_set_id",
  "project_id",
  "excluded"));

CREATE INDEX "policy_set_projects_place" on "policy_set_projects" ("project_id",
  "excluded");

CREATE TABLE "policy_set_versions" ("id" text not null primary key,
  "policy_set_id" text not null references "policy_sets" ("id") on delete cascade,
  "status" text not null,
  "error_message" text,
  "policy_count" bigint not null,
  "blob_key" text,
  "created_at" bigint not null,
  "updated_at" bigint not null);

CREATE INDEX "policy_set_versions_set" on "policy_set_versions" ("policy_set_id",
  "created_at");

CREATE TABLE "policy_set_workspaces" ("policy_set_id" text not null references "policy_sets" ("id") on delete cascade,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "excluded" integer not null,
  constraint "policy_set_workspaces_pk" primary key ("policy_set_id",
  "workspace_id",
  "excluded"));

CREATE INDEX "policy_set_workspaces_place" on "policy_set_workspaces" ("workspace_id",
  "excluded");

CREATE TABLE "policy_sets" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "kind" text not null,
  "global" integer not null,
  "overridable" integer not null,
  "agent_enabled" integer not null,
  "policy_tool_version" text,
  "current_version_id" text,
  "newest_version_id" text,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "policy_sets_name" unique ("organization_id",
  "name"));

CREATE TABLE "principals" ("id" text not null primary key,
  "kind" text not null,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "project_id" text references "projects" ("id") on delete cascade,
  "name" text not null,
  "email" text,
  "created_at" bigint not null);

CREATE INDEX "principals_email" on "principals" ("organization_id",
  "email");

CREATE UNIQUE INDEX "principals_name" on "principals" ("organization_id",
  "kind",
  coalesce("project_id",
  ''),
  "name");

CREATE INDEX "principals_user_email" on "principals" ("email") where "kind" = 'user';

CREATE UNIQUE INDEX "principals_user_name" on "principals" ("name") where "kind" = 'user';

CREATE TABLE "project_tags" ("project_id" text not null references "projects" ("id") on delete cascade,
  "key" text not null,
  "value" text not null,
  constraint "project_tags_pk" primary key ("project_id",
  "key"));

CREATE TABLE "projects" ("id" text not null primary key,
  "external_id" text not null unique,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "created_at" bigint not null,
  "default_execution_mode" text default 'remote' not null,
  "execution_mode_overwritten" integer default 0 not null,
  "default_agent_pool_id" text,
  "auto_destroy_activity_duration" text,
  constraint "projects_name" unique ("organization_id",
  "name"));

CREATE TABLE "registries" ("project_id" text not null primary key references "projects" ("id") on delete cascade,
  "id" text not null unique,
  "feature_tier" text not null,
  "activated" integer not null,
  "created_at" bigint not null,
  "updated_at" bigint not null);

CREATE TABLE "remote_state_consumers" ("workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "consumer_id" text not null references "workspaces" ("id") on delete cascade,
  constraint "remote_state_consumers_pk" primary key ("workspace_id",
  "consumer_id"));

CREATE INDEX "remote_state_consumers_consumer" on "remote_state_consumers" ("consumer_id");

CREATE TABLE "reserved_tag_keys" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "key" text not null,
  "disable_overrides" bigint not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "reserved_tag_keys_key" unique ("organization_id",
  "key"));

CREATE TABLE "role_bindings" ("resource" text not null references "iam_policies" ("resource") on delete cascade,
  "role" text not null,
  "position" bigint not null,
  "principal_id" text references "principals" ("id") on delete cascade,
  "group_id" text references "groups" ("id") on delete cascade,
  constraint "role_bindings_principal" unique ("principal_id",
  "resource",
  "role"),
  constraint "role_bindings_group" unique ("group_id",
  "resource",
  "role"));

CREATE INDEX "role_bindings_resource" on "role_bindings" ("resource",
  "position");

CREATE TABLE "run_comments" ("id" text not null primary key,
  "run_id" text not null references "runs" ("id") on delete cascade,
  "body" text not null,
  "created_by_id" text not null,
  "created_by_name" text not null,
  "created_at" bigint not null);

CREATE INDEX "run_comments_run" on "run_comments" ("run_id",
  "id");

CREATE TABLE "run_events" ("id" text not null primary key,
  "run_id" text not null references "runs" ("id") on delete cascade,
  "action" text not null,
  "description" text,
  "actor_id" text,
  "actor_name" text,
  "comment_id" text,
  "created_at" bigint not null);

CREATE INDEX "run_events_run" on "run_events" ("run_id",
  "id");

CREATE TABLE "run_task_calls" ("id" text not null primary key,
  "project_id" text not null references "run_tasks" ("project_id") on delete cascade,
  "task_result_id" text not null,
  "stage" text not null,
  "callback_url" text not null,
  "plan_json_url" text,
  "takes_outcomes" integer not null,
  "sealed_access_token" text,
  "created_at" bigint not null,
  "answered_at" bigint,
  constraint "run_task_calls_once" unique ("project_id",
  "task_result_id"));

CREATE INDEX "run_task_calls_time" on "run_task_calls" ("created_at");

CREATE TABLE "run_tasks" ("project_id" text not null primary key references "registries" ("project_id") on delete cascade,
  "api_id" text not null,
  "sealed_hmac_key" text not null,
  "on_untracked_image" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "run_tasks_api_id" unique ("api_id"));

CREATE TABLE "run_triggers" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "source_id" text not null references "workspaces" ("id") on delete cascade,
  "created_at" bigint not null,
  constraint "run_triggers_pair" unique ("workspace_id",
  "source_id"));

CREATE INDEX "run_triggers_source" on "run_triggers" ("source_id");

CREATE TABLE "runner_engines" ("runner_id" text not null references "principals" ("id") on delete cascade,
  "runner_name" text not null,
  "engine" text not null,
  "version" text not null,
  "first_seen_at" bigint not null,
  "seen_at" bigint not null,
  constraint "runner_engines_pk" primary key ("runner_id",
  "runner_name",
  "engine",
  "version"));

CREATE INDEX "runner_engines_version" on "runner_engines" ("engine",
  "version",
  "seen_at");

CREATE TABLE "runs" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "number" bigint not null,
  "configuration_version_id" text not null references "configuration_versions" ("id"),
  "status" text not null,
  "status_times" text not null,
  "message" text not null,
  "source" text not null,
  "cause" text,
  "is_destroy" integer not null,
  "refresh" integer not null,
  "refresh_only" integer not null,
  "plan_only" integer not null,
  "save_plan" integer not null,
  "auto_apply" integer not null,
  "allow_empty_apply" integer not null,
  "target_addrs" text,
  "replace_addrs" text,
  "sealed_variables" text not null,
  "request_digest" text,
  "has_changes" integer,
  "error_message" text,
  "state_version_id" text,
  "created_by_id" text,
  "created_by_name" text not null,
  "confirmed_by_name" text,
  "cancel_requested_at" bigint,
  "canceled_by_name" text,
  "force_canceled_at" bigint,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "organization_id" text default '' not null,
  "debugging_mode" integer default 0 not null,
  "engine_version" text,
  "invoke_addrs" text,
  "confirmed_by_id" text,
  "canceled_by_id" text,
  "triggering_run_id" text,
  "allow_config_generation" integer default 0 not null,
  "policy_paths" text,
  constraint "runs_number" unique ("workspace_id",
  "number"));

CREATE INDEX "runs_configuration" on "runs" ("configuration_version_id");

CREATE INDEX "runs_digest" on "runs" ("workspace_id",
  "request_digest");

CREATE INDEX "runs_organization_newest" on "runs" ("organization_id",
  "created_at",
  "id");

CREATE INDEX "runs_organization_status" on "runs" ("organization_id",
  "status",
  "created_at");

CREATE INDEX "runs_status" on "runs" ("status",
  "created_at");

CREATE UNIQUE INDEX "runs_triggering" on "runs" ("triggering_run_id",
  "workspace_id") where "triggering_run_id" is not null;

CREATE INDEX "runs_workspace" on "runs" ("workspace_id",
  "plan_only",
  "number");

CREATE INDEX "runs_workspace_states" on "runs" ("workspace_id",
  "status",
  "plan_only",
  "number");

CREATE TABLE "sbom_documents" ("blob_key" text not null primary key,
  "sbom_id" text references "sboms" ("id") on delete set null,
  "bucket_id" text not null,
  "stored_at" bigint not null);

CREATE INDEX "sbom_documents_sbom" on "sbom_documents" ("sbom_id",
  "stored_at",
  "blob_key");

CREATE TABLE "sbom_packages" ("sbom_id" text not null references "sboms" ("id") on delete cascade,
  "package_id" text not null references "packages" ("id"),
  "bucket_id" text not null,
  constraint "sbom_packages_pk" primary key ("sbom_id",
  "package_id"));

CREATE INDEX "sbom_packages_package" on "sbom_packages" ("package_id",
  "bucket_id",
  "sbom_id");

CREATE TABLE "sboms" ("id" text not null primary key,
  "build_id" text not null references "builds" ("id") on delete cascade,
  "name" text not null,
  "format" text not null,
  "state" text not null,
  "unreadable_because" text,
  "package_count" bigint,
  "author" text not null,
  "packer_run_uuid" text not null,
  "bytes" bigint not null,
  "sha256" text not null,
  "created_at" bigint not null,
  constraint "sboms_name" unique ("build_id",
  "name"));

CREATE INDEX "sboms_state" on "sboms" ("state",
  "build_id");

CREATE TABLE "service_principal_keys" ("client_id" text not null primary key,
  "principal_id" text not null references "principals" ("id") on delete cascade,
  "secret_hash" text not null,
  "created_at" bigint not null);

CREATE INDEX "service_principal_keys_principal" on "service_principal_keys" ("principal_id");

CREATE TABLE "settings" ("key" text not null primary key,
  "value" text not null);

CREATE TABLE "ssh_keys" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "sealed_value" text not null,
  "created_at" bigint not null,
  constraint "ssh_keys_name" unique ("organization_id",
  "name"));

CREATE TABLE "state_version_outputs" ("id" text not null primary key,
  "state_version_id" text not null references "state_versions" ("id") on delete cascade,
  "name" text not null,
  "sensitive" integer not null,
  "detailed_type" text not null,
  "sealed_value" text not null,
  constraint "state_version_outputs_name" unique ("state_version_id",
  "name"));

CREATE TABLE "state_versions" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "run_id" text,
  "status" text not null,
  "intermediate" integer not null,
  "forced" integer not null,
  "serial" bigint not null,
  "lineage" text not null,
  "md5" text not null,
  "engine_version" text,
  "resource_count" bigint not null,
  "blob_key" text,
  "blob_bytes" bigint,
  "json_blob_key" text,
  "sealed_outputs" text,
  "created_by_id" text,
  "created_by_name" text not null,
  "created_at" bigint not null,
  "finalized_at" bigint,
  "backing_deleted_at" bigint);

CREATE INDEX "state_versions_workspace" on "state_versions" ("workspace_id",
  "created_at",
  "id");

CREATE TABLE "task_result_outcomes" ("id" text not null primary key,
  "task_result_id" text not null references "task_results" ("id") on delete cascade,
  "position" bigint not null,
  "outcome_id" text,
  "description" text not null,
  "tags" text not null,
  "body" text,
  "url" text,
  "created_at" bigint not null);

CREATE INDEX "task_result_outcomes_result" on "task_result_outcomes" ("task_result_id",
  "position");

CREATE TABLE "task_results" ("id" text not null primary key,
  "task_stage_id" text not null references "task_stages" ("id") on delete cascade,
  "task_id" text not null,
  "workspace_task_id" text,
  "task_name" text not null,
  "sealed_task_url" text not null,
  "enforcement_level" text not null,
  "is_speculative" integer not null,
  "status" text not null,
  "status_times" text not null,
  "message" text,
  "url" text,
  "callback_id" text not null,
  "attempts" bigint not null,
  "started_at" bigint,
  "progress_at" bigint,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "task_results_callback" unique ("callback_id"));

CREATE INDEX "task_results_stage" on "task_results" ("task_stage_id",
  "id");

CREATE INDEX "task_results_status" on "task_results" ("status",
  "progress_at");

CREATE TABLE "task_stage_overrides" ("task_stage_id" text not null primary key references "task_stages" ("id") on delete cascade,
  "by_name" text not null,
  "comment" text,
  "created_at" bigint not null);

CREATE TABLE "task_stages" ("id" text not null primary key,
  "run_id" text not null references "runs" ("id") on delete cascade,
  "kind" text not null,
  "status" text not null,
  "status_times" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "task_stages_run" unique ("run_id",
  "kind"));

CREATE TABLE "tasks" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "sealed_url" text not null,
  "sealed_hmac_key" text,
  "enabled" integer not null,
  "global_enabled" integer not null,
  "global_stages" text not null,
  "global_enforcement_level" text not null,
  "revision" bigint not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "tasks_name" unique ("organization_id",
  "name"));

CREATE TABLE "team_access" ("id" text not null primary key,
  "team_id" text not null references "teams" ("id") on delete cascade,
  "project_id" text references "projects" ("id") on delete cascade,
  "workspace_id" text references "workspaces" ("id") on delete cascade,
  "level" text not null,
  "custom" text not null,
  "created_at" bigint not null,
  constraint "team_access_project" unique ("team_id",
  "project_id"),
  constraint "team_access_workspace" unique ("team_id",
  "workspace_id"));

CREATE INDEX "team_access_of_project_id" on "team_access" ("project_id",
  "id");

CREATE INDEX "team_access_of_workspace_id" on "team_access" ("workspace_id",
  "id");

CREATE TABLE "team_members" ("team_id" text not null references "teams" ("id") on delete cascade,
  "principal_id" text not null references "principals" ("id") on delete cascade,
  "created_at" bigint not null,
  constraint "team_members_pk" primary key ("team_id",
  "principal_id"));

CREATE INDEX "team_members_principal" on "team_members" ("principal_id");

CREATE TABLE "teams" ("id" text not null primary key references "principals" ("id") on delete cascade,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "visibility" text not null,
  "sso_team_id" text,
  "allow_member_token_management" integer not null,
  "organization_access" text not null,
  "created_at" bigint not null,
  constraint "teams_name" unique ("organization_id",
  "name"));

CREATE TABLE "tokens" ("id" text not null primary key,
  "hash" text not null unique,
  "principal_id" text references "principals" ("id") on delete cascade,
  "client_id" text references "service_principal_keys" ("client_id") on delete cascade,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "project_id" text references "projects" ("id") on delete cascade,
  "workspace_id" text,
  "run_id" text,
  "name" text not null,
  "created_at" bigint not null,
  "expires_at" bigint,
  "provider_id" text references "workload_identity_providers" ("id") on delete cascade,
  "purpose" text default '' not null,
  "description" text,
  "created_by_id" text,
  "created_by_kind" text,
  "last_used_at" bigint);

CREATE INDEX "tokens_client_id" on "tokens" ("client_id");

CREATE INDEX "tokens_expiry" on "tokens" ("expires_at");

CREATE INDEX "tokens_managed" on "tokens" ("organization_id",
  "purpose",
  "id");

CREATE INDEX "tokens_principal_id" on "tokens" ("principal_id");

CREATE INDEX "tokens_provider_id" on "tokens" ("provider_id");

CREATE INDEX "tokens_run" on "tokens" ("run_id");

CREATE TABLE "variable_set_projects" ("variable_set_id" text not null references "variable_sets" ("id") on delete cascade,
  "project_id" text not null references "projects" ("id") on delete cascade,
  constraint "variable_set_projects_pk" primary key ("variable_set_id",
  "project_id"));

CREATE INDEX "variable_set_projects_target" on "variable_set_projects" ("project_id");

CREATE TABLE "variable_set_variables" ("id" text not null primary key,
  "variable_set_id" text not null references "variable_sets" ("id") on delete cascade,
  "key" text not null,
  "category" text not null,
  "value" text not null,
  "description" text not null,
  "hcl" integer not null,
  "sensitive" integer not null,
  "version_id" text not null,
  "created_at" bigint not null,
  constraint "variable_set_variables_key" unique ("variable_set_id",
  "category",
  "key"));

CREATE TABLE "variable_set_workspaces" ("variable_set_id" text not null references "variable_sets" ("id") on delete cascade,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  constraint "variable_set_workspaces_pk" primary key ("variable_set_id",
  "workspace_id"));

CREATE INDEX "variable_set_workspaces_target" on "variable_set_workspaces" ("workspace_id");

CREATE TABLE "variable_sets" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "project_id" text references "projects" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "is_global" integer not null,
  "has_priority" integer not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "variable_sets_name" unique ("organization_id",
  "name"));

CREATE INDEX "variable_sets_project" on "variable_sets" ("project_id");

CREATE TABLE "variables" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "key" text not null,
  "category" text not null,
  "value" text not null,
  "description" text not null,
  "hcl" integer not null,
  "sensitive" integer not null,
  "created_at" bigint not null,
  "version_id" text default '' not null,
  constraint "variables_key" unique ("workspace_id",
  "category",
  "key"));

CREATE TABLE "version_enforcements" ("version_id" text not null primary key references "versions" ("id") on delete cascade,
  "state" text not null,
  "reason" text not null,
  "blocks" text not null,
  "decided_at" bigint not null);

CREATE TABLE "versions" ("id" text not null primary key,
  "bucket_id" text not null references "buckets" ("id") on delete cascade,
  "fingerprint" text not null,
  "number" bigint,
  "template_type" text not null,
  "author" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "revoke_at" bigint,
  "revocation_message" text,
  "revocation_author" text,
  "revocation_type" text,
  "revocation_cascades" integer not null,
  "revocation_inherited_from" text,
  constraint "versions_fingerprint" unique ("bucket_id",
  "fingerprint"),
  constraint "versions_number" unique ("bucket_id",
  "number"));

CREATE INDEX "versions_created" on "versions" ("bucket_id",
  "created_at",
  "id");

CREATE INDEX "versions_updated" on "versions" ("bucket_id",
  "updated_at",
  "id");

CREATE TABLE "vulnerabilities" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "identifier" text not null,
  "description" text not null,
  "refers_to" text not null,
  "related" text not null,
  "severity" text not null,
  "criticality" bigint not null,
  "published_at" bigint,
  "withdrawn_at" bigint,
  constraint "vulnerabilities_identifier" unique ("organization_id",
  "identifier"));

CREATE TABLE "vulnerability_names" ("organization_id" text not null,
  "name" text not null,
  "vulnerability_id" text not null references "vulnerabilities" ("id") on delete cascade,
  constraint "vulnerability_names_pk" primary key ("organization_id",
  "name",
  "vulnerability_id"));

CREATE INDEX "vulnerability_names_vulnerability" on "vulnerability_names" ("vulnerability_id");

CREATE TABLE "webhooks" ("id" text not null primary key,
  "project_id" text not null references "projects" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "enabled" integer not null,
  "sealed_url" text not null,
  "sealed_hmac_key" text,
  "subscriptions" text not null,
  "revision" bigint not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "webhooks_name" unique ("project_id",
  "name"));

CREATE TABLE "workload_identity_providers" ("id" text not null primary key,
  "principal_id" text not null references "principals" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "conditional_access" text not null,
  "issuer_uri" text,
  "allowed_audiences" text not null,
  "aws_account_id" text,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "workload_identity_providers_name" unique ("principal_id",
  "name"));

CREATE TABLE "workspace_dependencies" ("workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "organization_id" text not null,
  "kind" text not null,
  "source" text not null,
  "version" text not null,
  "name" text not null,
  "reported" integer not null,
  constraint "workspace_dependencies_pk" primary key ("workspace_id",
  "kind",
  "source",
  "version"));

CREATE INDEX "workspace_dependencies_used" on "workspace_dependencies" ("organization_id",
  "kind",
  "source",
  "version",
  "name",
  "workspace_id");

CREATE TABLE "workspace_resources" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "address" text not null,
  "name" text not null,
  "module" text not null,
  "provider" text not null,
  "provider_type" text not null,
  "name_index" text,
  "digest" text not null,
  "modified_by_state_version_id" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "workspace_resources_address" unique ("workspace_id",
  "address"));

CREATE TABLE "workspace_summaries" ("workspace_id" text not null primary key references "workspaces" ("id") on delete cascade,
  "organization_id" text not null,
  "engine_version" text,
  "resource_count" bigint,
  "billable_count" bigint,
  "providers" text,
  "provider_count" bigint,
  "modules" text,
  "module_count" bigint,
  "checks_passed" bigint,
  "checks_failed" bigint,
  "checks_errored" bigint,
  "checks_unknown" bigint,
  "resources_drifted" bigint,
  "resources_undrifted" bigint);

CREATE INDEX "workspace_summaries_engine" on "workspace_summaries" ("organization_id",
  "engine_version");

CREATE TABLE "workspace_tags" ("workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "key" text not null,
  "value" text not null,
  constraint "workspace_tags_pk" primary key ("workspace_id",
  "key"));

CREATE INDEX "workspace_tags_key" on "workspace_tags" ("key",
  "workspace_id");

CREATE TABLE "workspace_tasks" ("id" text not null primary key,
  "workspace_id" text not null references "workspaces" ("id") on delete cascade,
  "task_id" text not null references "tasks" ("id") on delete cascade,
  "enforcement_level" text not null,
  "stages" text not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  constraint "workspace_tasks_once" unique ("workspace_id",
  "task_id"));

CREATE INDEX "workspace_tasks_task" on "workspace_tasks" ("task_id",
  "id");

CREATE TABLE "workspaces" ("id" text not null primary key,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "project_id" text not null references "projects" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "execution_mode" text not null,
  "auto_apply" integer not null,
  "terraform_version" text not null,
  "engine_name" text,
  "engine_version" text,
  "client_engine" text,
  "working_directory" text not null,
  "locked_by_kind" text,
  "locked_by_id" text,
  "locked_by_name" text,
  "lock_reason" text,
  "locked_at" bigint,
  "current_run_id" text,
  "current_state_version_id" text,
  "last_run_number" bigint not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "assessments_enabled" integer default 0 not null,
  "follow" text default 'plan' not null,
  "image_age_days_max" bigint,
  "image_behind_days_max" bigint,
  "execution_mode_overwritten" integer default 0 not null,
  "allow_destroy_plan" integer default 1 not null,
  "auto_apply_run_trigger" integer default 0 not null,
  "queue_all_runs" integer default 0 not null,
  "speculative_enabled" integer default 1 not null,
  "file_triggers_enabled" integer default 1 not null,
  "structured_run_output_enabled" integer default 0 not null,
  "global_remote_state" integer default 0 not null,
  "project_remote_state" integer default 0 not null,
  "inherits_project_auto_destroy" integer default 1 not null,
  "trigger_prefixes" text default '[]' not null,
  "trigger_patterns" text default '[]' not null,
  "agent_pool_id" text,
  "source_name" text,
  "source_url" text,
  "auto_destroy_activity_duration" text,
  "ssh_key_id" text,
  "auto_destroy_at" bigint,
  "latest_change_at" bigint default 0 not null,
  constraint "workspaces_name" unique ("organization_id",
  "name"));

CREATE INDEX "workspaces_age" on "workspaces" ("organization_id",
  "created_at",
  "id");

CREATE INDEX "workspaces_auto_destroy" on "workspaces" ("auto_destroy_at") where "auto_destroy_at" is not null;

CREATE INDEX "workspaces_project" on "workspaces" ("project_id");
