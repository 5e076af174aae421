-- Made by `npm run schema` from the migrations. Do not edit.
CREATE TABLE "data_keys" ("id" text not null primary key,
  "wrapped" blob not null,
  "created_at" bigint not null);

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

CREATE TABLE "organizations" ("id" text not null primary key,
  "external_id" text not null unique,
  "name" text not null unique,
  "created_at" bigint not null);

CREATE TABLE "principals" ("id" text not null primary key,
  "kind" text not null,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "project_id" text references "projects" ("id") on delete cascade,
  "name" text not null,
  "email" text,
  "role" text not null,
  "created_at" bigint not null,
  constraint "principals_name" unique ("organization_id",
  "kind",
  "name"));

CREATE TABLE "projects" ("id" text not null primary key,
  "external_id" text not null unique,
  "organization_id" text not null references "organizations" ("id") on delete cascade,
  "name" text not null,
  "description" text not null,
  "created_at" bigint not null,
  constraint "projects_name" unique ("organization_id",
  "name"));

CREATE TABLE "service_principal_keys" ("client_id" text not null primary key,
  "principal_id" text not null references "principals" ("id") on delete cascade,
  "secret_hash" text not null,
  "created_at" bigint not null);

CREATE TABLE "settings" ("key" text not null primary key,
  "value" text not null);

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
  "expires_at" bigint);

CREATE INDEX "tokens_expiry" on "tokens" ("expires_at");

CREATE INDEX "tokens_run" on "tokens" ("run_id");
