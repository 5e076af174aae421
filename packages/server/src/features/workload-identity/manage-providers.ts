import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { Actor } from "../access/index.ts";
import {
  getServicePrincipal,
  lockServicePrincipalOf,
  parsePrincipalName,
  type ServicePrincipalRef,
} from "../principals/index.ts";
import {
  checkProviderContent,
  providerNotFound,
  providersMax,
  type ProviderContent,
  type ProviderRef,
  type WorkloadIdentityProvider,
} from "./provider.ts";
import {
  countProviders,
  deleteProviderRow,
  findProvider,
  insertProvider,
  pageProviders,
  saveProvider,
} from "./provider-store.ts";

export interface ProviderDeps {
  readonly db: Db;
  readonly now: Clock;
}

/**
 * Errors: invalid/name, those of {@link checkProviderContent}, precondition/organization_service_principal,
 * precondition/providers_max, conflict/workload_identity_provider_exists, not_found/service_principal_not_found and
 * whatever hides its parent.
 */
export async function createProvider(
  deps: ProviderDeps,
  actor: Actor,
  ref: ProviderRef,
  content: ProviderContent,
): Promise<WorkloadIdentityProvider> {
  const name = parsePrincipalName("workload identity provider", ref.name);
  checkProviderContent(content);
  try {
    return await deps.db.transaction().execute(async (tx) => {
      const principal = await lockServicePrincipalOf(tx, actor, ref.servicePrincipal);
      if (principal.projectId === null) {
        throw new DomainError(
          "precondition",
          "organization_service_principal",
          "Only service principals of a project have workload identity providers. Make one in a project and give it the roles that it needs.",
        );
      }
      if ((await countProviders(tx, principal.id)) >= providersMax) {
        throw new DomainError(
          "precondition",
          "providers_max",
          `The service principal has ${providersMax} workload identity providers, and cannot have more. Delete one first.`,
        );
      }
      return insertProvider(tx, principal.id, name, content, deps.now());
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError(
      "conflict",
      "workload_identity_provider_exists",
      `The service principal has a workload identity provider named ${name} already. Choose another name.`,
    );
  }
}

/** Errors: not_found/workload_identity_provider_not_found, not_found/service_principal_not_found and what hides its parent. */
export async function getProvider(db: Db, actor: Actor, ref: ProviderRef): Promise<WorkloadIdentityProvider> {
  const { servicePrincipal } = await getServicePrincipal(db, actor, ref.servicePrincipal);
  const provider = await findProvider(db, servicePrincipal.id, ref.name);
  if (provider === undefined) throw providerNotFound(ref.name);
  return provider;
}

/** Errors: not_found/service_principal_not_found and what hides its parent. */
export async function listProviders(
  db: Db,
  actor: Actor,
  ref: ServicePrincipalRef,
  page: KeysetPage,
): Promise<KeysetItems<WorkloadIdentityProvider>> {
  const { servicePrincipal } = await getServicePrincipal(db, actor, ref);
  return pageProviders(db, servicePrincipal.id, page);
}

/**
 * Changes a provider to what `change` makes of it. Tokens that were given before go on until they end. Errors: those of
 * {@link checkProviderContent} and of {@link getProvider}.
 */
export async function changeProvider(
  deps: ProviderDeps,
  actor: Actor,
  ref: ProviderRef,
  change: (before: ProviderContent) => ProviderContent,
): Promise<WorkloadIdentityProvider> {
  return inProvider(deps, actor, ref, async (tx, provider) => {
    const content = checkProviderContent(change(provider));
    // Another time than before, always: an exchange that is under way notices by it.
    const updatedAt = Math.max(deps.now(), provider.updatedAt + 1);
    await saveProvider(tx, provider.id, content, updatedAt);
    const { description, conditionalAccess, source } = content;
    return { ...provider, description, conditionalAccess, source, updatedAt };
  });
}

/** Removes a provider and ends the tokens that were given by it. Errors: those of {@link getProvider}. */
export async function deleteProvider(
  deps: ProviderDeps,
  actor: Actor,
  ref: ProviderRef,
): Promise<WorkloadIdentityProvider> {
  return inProvider(deps, actor, ref, async (tx, provider) => {
    await deleteProviderRow(tx, provider.id);
    return provider;
  });
}

async function inProvider(
  deps: ProviderDeps,
  actor: Actor,
  ref: ProviderRef,
  work: (tx: Tx, provider: WorkloadIdentityProvider) => Promise<WorkloadIdentityProvider>,
): Promise<WorkloadIdentityProvider> {
  return deps.db.transaction().execute(async (tx) => {
    const principal = await lockServicePrincipalOf(tx, actor, ref.servicePrincipal);
    const provider = await findProvider(tx, principal.id, ref.name);
    if (provider === undefined) throw providerNotFound(ref.name);
    return work(tx, provider);
  });
}
