import type { Db, Tx } from "../../db/database.ts";
import { enqueueJob, type Job } from "../../jobs/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { moveHomes } from "../memberships/index.ts";
import { lockOrganization, markOrganizationDeleted, type Organization } from "../organizations/index.ts";
import { deleteOrganizationRow, findBucketsLeft, findWorkspacesLeft, removeEvents } from "./removal-store.ts";

export interface DeleteOrganizationDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly wakeJobs: () => void;
  /** The one that runs the server. */
  readonly isOfInstallation: (db: Db, organizationId: string) => Promise<boolean>;
}

export interface RemoveOrganizationDeps {
  readonly db: Db;
  readonly now: Clock;
  /** With its files, whatever it is doing. */
  readonly removeWorkspace: (tx: Tx, id: string) => Promise<void>;
  readonly removeBucket: (tx: Tx, id: string) => Promise<void>;
  /** At most so many of its policy sets and policies, with their files; whether there were any. */
  readonly removePolicies: (tx: Tx, organizationId: string, limit: number) => Promise<boolean>;
}

export const removeOrganizationJob = "remove-organization";

/**
 * Deletes an organization with everything it holds, also what is running: a runner at work finds its lease gone and stops.
 * From this moment nobody finds it, none of its credentials works and its name is free; what it held is removed piece by
 * piece afterwards. Persons who are in another organization too stay. Errors: invalid/organization_of_installation,
 * forbidden/role_too_low.
 */
export async function deleteOrganization(
  deps: DeleteOrganizationDeps,
  actor: Actor,
  organization: Organization,
): Promise<void> {
  checkOrganizationWide(actor);
  if (await deps.isOfInstallation(deps.db, organization.id)) {
    throw new DomainError(
      "invalid",
      "organization_of_installation",
      "This organization was made with the server and runs it: it cannot be deleted. Delete what is in it.",
    );
  }
  await deps.db.transaction().execute(async (tx) => {
    await lockOrganization(tx, organization.id);
    await moveHomes(tx, organization.id);
    await markOrganizationDeleted(tx, organization.id, deps.now());
    const payload = { organizationId: organization.id };
    await enqueueJob(tx, { kind: removeOrganizationJob, payload }, deps.now());
  });
  deps.wakeJobs();
}

// One job removes at most so many pieces, then another goes on: no transaction, and no job, is as large as the organization.
const piecesAJob = 20;

/** Removes some of what a deleted organization held, and leaves the rest to another job. Safe to repeat. */
export async function removeOrganization(deps: RemoveOrganizationDeps, job: Job): Promise<void> {
  const { organizationId } = job.payload as { organizationId: string };
  const { db } = deps;
  const goOn = async (): Promise<void> => {
    const rest = { kind: removeOrganizationJob, payload: { organizationId } };
    await db.transaction().execute((tx) => enqueueJob(tx, rest, deps.now()));
  };
  const workspaces = await findWorkspacesLeft(db, organizationId, piecesAJob);
  for (const id of workspaces) await db.transaction().execute((tx) => deps.removeWorkspace(tx, id));
  if (workspaces.length > 0) return goOn();
  const buckets = await findBucketsLeft(db, organizationId, piecesAJob);
  for (const id of buckets) await db.transaction().execute((tx) => deps.removeBucket(tx, id));
  if (buckets.length > 0) return goOn();
  if (await db.transaction().execute((tx) => deps.removePolicies(tx, organizationId, piecesAJob))) return goOn();
  if (await removeEvents(db, organizationId)) return goOn();
  await db.transaction().execute(async (tx) => {
    // Somebody may have been taken into another organization since.
    await moveHomes(tx, organizationId);
    await deleteOrganizationRow(tx, organizationId);
  });
}
