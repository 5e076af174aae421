import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ServerConfig } from "../config/server-config.ts";
import type { Db, Tx } from "../db/database.ts";
import { createToken } from "../features/access/index.ts";
import { recordServerAct } from "../features/audit/index.ts";
import { findOrganization, insertOrganization, type Organization } from "../features/organizations/index.ts";
import {
  createServicePrincipalKey,
  findPrincipal,
  insertPrincipal,
  type Principal,
} from "../features/principals/index.ts";
import { furnishOrganization } from "../features/organization-life-cycle/index.ts";
import { findProject, listProjects, type Project } from "../features/projects/index.ts";
import type { Clock } from "../platform/clock.ts";
import { readIfThere, writePrivateFile } from "./private-files.ts";

/** What any script needs to use this server. The shape of the bootstrap file. */
export interface Bootstrap {
  readonly url: string;
  /** The CA to trust; null when the server has a certificate of the operator's own, or none. */
  readonly ca_file: string | null;
  readonly organization: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string };
  readonly service_principal: { readonly client_id: string; readonly client_secret: string };
  readonly admin: { readonly username: string; readonly token: string };
}

export interface BootstrapDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly config: ServerConfig;
  readonly url: string;
  readonly caFile: string | undefined;
}

/** The installation's own rows, by id. */
interface Installation {
  readonly organizationId: string;
  readonly projectId: string;
  readonly adminId: string;
  readonly servicePrincipalId: string;
}

const settingKey = "installation";

/**
 * Makes the first organization, project, administrator and service principal, once per database, and writes their
 * credentials to the bootstrap file. The file is written before the transaction ends: a crash between the two leaves a
 * file that the next start overwrites, never a server whose credentials nobody knows. A file asked for later, by
 * `--bootstrap-file`, gets new credentials of the same principals. Returns the organization's id and, when the file was
 * written, its path.
 */
export async function bootstrapInstallation(
  deps: BootstrapDeps,
): Promise<{ organizationId: string; projectId: string; file: string; written: boolean }> {
  const { config } = deps;
  const file = config["bootstrap-file"] ?? join(config["data-dir"], "bootstrap.json");
  const existing = await findInstallation(deps.db);
  const written = await readIfThere(file);
  const missing = written === undefined;
  if (existing !== undefined && (!missing || config["bootstrap-file"] === undefined)) {
    if (written !== undefined) await refreshAddress(file, written, deps);
    return { organizationId: existing.organizationId, projectId: existing.projectId, file, written: false };
  }
  let made = false;
  try {
    return await deps.db.transaction().execute(async (tx) => {
      // Two replicas may start on an empty database at once: the loser of this insert waits, then finds the other's rows.
      await tx
        .insertInto("settings")
        .values({ key: "installing", value: "1" })
        .onConflict((c) => c.column("key").doUpdateSet({ value: "1" }))
        .execute();
      let installation = await findInstallation(tx);
      if (installation !== undefined && config["bootstrap-file"] === undefined) {
        return { organizationId: installation.organizationId, projectId: installation.projectId, file, written: false };
      }
      installation ??= await createInstallation(tx, deps);
      await writePrivateFile(file, `${JSON.stringify(await createCredentials(tx, deps, installation), null, 2)}\n`);
      made = true;
      await recordServerAct(
        tx,
        {
          organizationId: installation.organizationId,
          projectId: null,
          action: "installation.issue-credentials",
          resource: { kind: "user", id: installation.adminId, name: config.admin },
          detail: { service_principal_id: installation.servicePrincipalId },
        },
        deps.now(),
      );
      return { organizationId: installation.organizationId, projectId: installation.projectId, file, written: true };
    });
  } catch (error) {
    if (made) await rm(file, { force: true });
    throw error;
  }
}

/** The credentials stay as they were written; where the server is reached may have changed since, as with port 0. */
async function refreshAddress(file: string, written: string, { url, caFile }: BootstrapDeps): Promise<void> {
  let before: Bootstrap;
  try {
    before = JSON.parse(written) as Bootstrap;
  } catch {
    return; // Somebody else's file now; it is not ours to repair.
  }
  const ca_file = caFile ?? null;
  if (before.url === url && before.ca_file === ca_file) return;
  await writePrivateFile(file, `${JSON.stringify({ ...before, url, ca_file }, null, 2)}\n`);
}

/** Whether this is the organization that the installation was made with: whose administrators run the server. */
export async function isOfInstallation(db: Db, organizationId: string): Promise<boolean> {
  return (await readInstallation(db))?.organizationId === organizationId;
}

/** With the oldest project in the place of the first one when that was deleted: an organization always has one. */
async function findInstallation(db: Db): Promise<Installation | undefined> {
  const made = await readInstallation(db);
  if (made === undefined || (await findProject(db, made.projectId)) !== undefined) return made;
  const [oldest] = await listProjects(db, { organizationId: made.organizationId });
  return { ...made, projectId: (oldest as Project).id };
}

async function readInstallation(db: Db): Promise<Installation | undefined> {
  const row = await db.selectFrom("settings").select("value").where("key", "=", settingKey).executeTakeFirst();
  return row && (JSON.parse(row.value) as Installation);
}

async function createInstallation(db: Tx, deps: BootstrapDeps): Promise<Installation> {
  // A second in the past: HCP clients take the oldest project created strictly before their own clock. Source:
  // packer internal/hcp/api/client.go.
  const at = deps.now() - 1000;
  const organization = await insertOrganization(db, deps.config.organization, at);
  const admin = await insertPrincipal(
    db,
    { kind: "user", organizationId: organization.id, projectId: null, name: deps.config.admin, role: "admin" },
    at,
  );
  const project = await furnishOrganization(db, organization, { owner: admin.id, project: deps.config.project }, at);
  const servicePrincipal = await insertPrincipal(
    db,
    { kind: "service_principal", organizationId: organization.id, projectId: null, name: "bootstrap", role: "admin" },
    at,
  );
  const installation: Installation = {
    organizationId: organization.id,
    projectId: project.id,
    adminId: admin.id,
    servicePrincipalId: servicePrincipal.id,
  };
  await db
    .insertInto("settings")
    .values({ key: settingKey, value: JSON.stringify(installation) })
    .execute();
  await recordServerAct(
    db,
    {
      organizationId: organization.id,
      projectId: project.id,
      action: "installation.create",
      resource: { kind: "organization", id: organization.id, name: organization.name },
      detail: { project: project.name },
    },
    deps.now(),
  );
  return installation;
}

async function createCredentials(db: Db, deps: BootstrapDeps, installation: Installation): Promise<Bootstrap> {
  const organization = (await findOrganization(db, installation.organizationId)) as Organization;
  const project = (await findProject(db, installation.projectId)) as Project;
  const admin = (await findPrincipal(db, installation.adminId)) as Principal;
  const key = await createServicePrincipalKey(db, installation.servicePrincipalId, deps.now());
  const token = await createToken(
    db,
    {
      organizationId: organization.id,
      projectId: null,
      principalId: admin.id,
      name: "bootstrap",
      managed: { purpose: "user", description: "bootstrap", createdBy: admin },
      expiresAt: null,
    },
    deps.now(),
  );
  return {
    url: deps.url,
    ca_file: deps.caFile ?? null,
    organization: { id: organization.id, name: organization.name },
    project: { id: project.id, name: project.name },
    service_principal: { client_id: key.clientId, client_secret: key.clientSecret },
    admin: { username: admin.name, token },
  };
}
