import { isUniqueViolation } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { Actor } from "../access/index.ts";
import type { PolicyDeps } from "./edit-policies.ts";
import { getPolicySet } from "./edit-policy-sets.ts";
import {
  countParameters,
  deleteParameterRow,
  findParameter,
  insertParameter,
  pageParameters,
  saveParameter,
} from "./policy-set-parameter-store.ts";
import type { PolicySetParameter } from "./policy-set-parameter.ts";

export interface ParameterChange {
  readonly key?: string;
  readonly value?: string;
  readonly sensitive?: boolean;
}

type Deps = Pick<PolicyDeps, "db" | "now"> & { readonly sealer: Sealer };

const keyCharactersMax = 256;
const valueCharactersMax = 256 * 1024;
const parametersMax = 500;

/** By key. Errors: not_found/policy_set_not_found. */
export async function listParameters(
  deps: Deps,
  actor: Actor,
  policySetId: string,
  page: Page,
): Promise<Paged<PolicySetParameter>> {
  await getPolicySet(deps, actor, policySetId);
  return pageParameters(deps.db, deps.sealer, policySetId, page);
}

/** Errors: not_found/policy_set_not_found, not_found/policy_set_parameter_not_found. */
export async function getParameter(
  deps: Deps,
  actor: Actor,
  policySetId: string,
  id: string,
): Promise<PolicySetParameter> {
  await getPolicySet(deps, actor, policySetId);
  const parameter = await findParameter(deps.db, deps.sealer, { policySetId, id });
  if (parameter !== undefined) return parameter;
  throw new DomainError(
    "not_found",
    "policy_set_parameter_not_found",
    "There is no such parameter, or you may not see it.",
  );
}

/** Errors: not_found/policy_set_not_found, invalid/policy_set_parameter. */
export async function createParameter(
  deps: Deps,
  actor: Actor,
  policySetId: string,
  input: ParameterChange & { readonly key: string },
): Promise<PolicySetParameter> {
  await getPolicySet(deps, actor, policySetId);
  const parameter: PolicySetParameter = {
    value: "",
    sensitive: false,
    ...input,
    id: newExternalId("var"),
    policySetId,
    createdAt: deps.now(),
  };
  check(parameter);
  if ((await countParameters(deps.db, policySetId)) >= parametersMax) {
    throw invalid(`A policy set has at most ${parametersMax} parameters.`);
  }
  if (!(await insertParameter(deps.db, deps.sealer, parameter))) throw invalid("Key has already been taken");
  return parameter;
}

/** A value that is sensitive stays so. Errors: as for reading, invalid/policy_set_parameter. */
export async function updateParameter(
  deps: Deps,
  actor: Actor,
  policySetId: string,
  id: string,
  change: ParameterChange,
): Promise<PolicySetParameter> {
  const before = await getParameter(deps, actor, policySetId, id);
  const parameter: PolicySetParameter = { ...before, ...change };
  check(parameter);
  if (before.sensitive && !parameter.sensitive) {
    throw invalid("Sensitive cannot be taken back: delete the parameter and make it again.");
  }
  await saveParameter(deps.db, deps.sealer, parameter).catch((error: unknown) => {
    throw isUniqueViolation(error) ? invalid("Key has already been taken") : error;
  });
  return parameter;
}

/** Errors: as for reading. */
export async function deleteParameter(deps: Deps, actor: Actor, policySetId: string, id: string): Promise<void> {
  await getParameter(deps, actor, policySetId, id);
  await deleteParameterRow(deps.db, id);
}

function check({ key, value }: PolicySetParameter): void {
  if (key.trim() === "" || key.length > keyCharactersMax)
    throw invalid("Key can't be blank, nor longer than 256 characters");
  if (value.length > valueCharactersMax) throw invalid("Value is too long.");
}

function invalid(message: string): DomainError {
  return new DomainError("invalid", "policy_set_parameter", message);
}
