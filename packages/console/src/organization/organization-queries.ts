import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, resourceBody, type Resource, type ResourceDocument } from "../api/json-api.ts";

type Mode = "remote" | "local" | "agent";

interface OrganizationAttributes {
  readonly name: string;
  readonly "external-id": string;
  readonly email: string | null;
  readonly "default-execution-mode": Mode;
  readonly "assessments-enforced": boolean;
  readonly "user-tokens-enabled": boolean;
  readonly permissions: Readonly<Record<string, boolean>>;
}

export type Organization = Resource<OrganizationAttributes>;

export interface OrganizationForm {
  readonly email: string;
  readonly mode: Mode;
  readonly pool: string | null;
  readonly assessmentsEnforced: boolean;
  readonly userTokensEnabled: boolean;
}

export function organizationQuery(name: string) {
  return queryOptions({
    queryKey: ["organization", name],
    queryFn: async ({ signal }) =>
      (await callTfe<ResourceDocument<OrganizationAttributes>>(pathOf("organizations", name), { signal })).data,
  });
}

/** What to send of what was changed; `pool` is undefined where it is not about the pool. */
export function attributesOfOrganization(
  form: OrganizationForm,
  changes: Partial<OrganizationForm>,
): { readonly attributes: Readonly<Record<string, unknown>>; readonly pool: string | null | undefined } {
  const modeChanged = changes.mode !== undefined || changes.pool !== undefined;
  return {
    attributes: {
      ...(modeChanged ? { "default-execution-mode": form.mode } : {}),
      ...(changes.email === undefined ? {} : { email: form.email.trim() }),
      ...(changes.assessmentsEnforced === undefined ? {} : { "assessments-enforced": form.assessmentsEnforced }),
      ...(changes.userTokensEnabled === undefined ? {} : { "user-tokens-enabled": form.userTokensEnabled }),
    },
    pool: modeChanged ? (form.mode === "agent" ? form.pool : null) : undefined,
  };
}

export async function saveOrganization(
  name: string,
  attributes: Readonly<Record<string, unknown>>,
  pool: string | null | undefined,
): Promise<void> {
  const data = pool == null ? null : { type: "agent-pools", id: pool };
  await callTfe(pathOf("organizations", name), {
    method: "PATCH",
    body: resourceBody(
      "organizations",
      attributes,
      pool === undefined ? undefined : { "default-agent-pool": { data } },
    ),
  });
}
