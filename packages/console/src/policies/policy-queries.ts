import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import { callTfe, pathOf, resourceBody, resourcePages, type Resource, type ResourceDocument } from "../api/json-api.ts";

export interface PolicyAttributes {
  readonly name: string;
  readonly description: string;
  readonly kind: "opa" | "sentinel";
  readonly query: string | null;
  readonly "enforcement-level": string;
  readonly "policy-set-count": number;
  readonly "updated-at": string;
}

export type Policy = Resource<PolicyAttributes>;

export interface PolicySetAttributes {
  readonly name: string;
  readonly description: string;
  readonly kind: "opa" | "sentinel";
  readonly global: boolean;
  readonly overridable: boolean | null;
  /** Its policies come as an archive instead of one by one. */
  readonly versioned: boolean;
  readonly "policy-count": number;
  readonly "workspace-count": number;
  readonly "project-count": number;
}

export type PolicySet = Resource<PolicySetAttributes>;

export function policiesQuery(organization: string, text: string) {
  return resourcePages<PolicyAttributes>(
    ["policy-sets", "policies", organization, text],
    `${pathOf("organizations", organization)}/policies`,
    { "search[name]": text },
  );
}

export function policySetsQuery(organization: string, text: string) {
  return resourcePages<PolicySetAttributes>(
    ["policy-sets", "list", organization, text],
    `${pathOf("organizations", organization)}/policy-sets`,
    { "search[name]": text },
  );
}

export interface PolicySetVersion {
  readonly status: string;
  readonly "error-message": string | null;
  readonly "created-at": string;
}

/** A set with its policies and the newest of its versions. */
export function policySetQuery(id: string) {
  return queryOptions({
    queryKey: ["policy-sets", "one", id],
    queryFn: ({ signal }) =>
      callTfe<ResourceDocument<PolicySetAttributes>>(pathOf("policy-sets", id), {
        query: { include: "policies,newest_version" },
        signal,
      }),
  });
}

/** The code of a policy; empty when it has none yet. */
export function policyCodeQuery(id: string) {
  return queryOptions({
    queryKey: ["policy-sets", "code", id],
    queryFn: ({ signal }) => callApi<string>(`/api/v2/${pathOf("policies", id)}/download`, { signal }),
    retry: false,
    staleTime: 0,
  });
}

export interface PolicyInput {
  readonly name: string;
  readonly description: string;
  readonly query: string;
  readonly level: "advisory" | "mandatory";
  readonly code: string;
}

/** Makes or changes a policy of OPA, and uploads its code. Fails with 422 and where the code is wrong. */
export async function savePolicy(organization: string, id: string | undefined, input: PolicyInput): Promise<void> {
  const attributes = {
    description: input.description,
    query: input.query.trim(),
    "enforcement-level": input.level,
    ...(id === undefined ? { name: input.name.trim(), kind: "opa" } : {}),
  };
  const saved = await callTfe<ResourceDocument<PolicyAttributes>>(
    id === undefined ? `${pathOf("organizations", organization)}/policies` : pathOf("policies", id),
    { method: id === undefined ? "POST" : "PATCH", body: resourceBody("policies", attributes) },
  );
  try {
    await upload(`/api/v2/${pathOf("policies", saved.data.id)}/upload`, new Blob([input.code]));
  } catch (error) {
    // A new policy without code would only be in the way of the next attempt.
    if (id === undefined) await deletePolicy(saved.data.id);
    throw error;
  }
}

export async function deletePolicy(id: string): Promise<void> {
  await callTfe(pathOf("policies", id), { method: "DELETE" });
}

export interface PolicySetInput {
  readonly name: string;
  readonly description: string;
  readonly overridable: boolean;
  readonly global: boolean;
  readonly projects: readonly string[];
  readonly workspaces: readonly string[];
  readonly policies: readonly string[];
}

const members = ["policies", "projects", "workspaces"] as const;
type Members = Readonly<Record<(typeof members)[number], readonly string[]>>;

/** Answers its id. */
export async function createPolicySet(organization: string, input: PolicySetInput): Promise<string> {
  const related = (ids: readonly string[], type: string) => ({ data: ids.map((id) => ({ type, id })) });
  const answer = await callTfe<ResourceDocument<PolicySetAttributes>>(
    `${pathOf("organizations", organization)}/policy-sets`,
    {
      method: "POST",
      body: resourceBody(
        "policy-sets",
        { ...attributesOf(input), kind: "opa" },
        {
          policies: related(input.policies, "policies"),
          ...(input.global
            ? {}
            : {
                projects: related(input.projects, "projects"),
                workspaces: related(input.workspaces, "workspaces"),
              }),
        },
      ),
    },
  );
  return answer.data.id;
}

/** Adds and takes away what differs from `before`. */
export async function changePolicySet(id: string, before: Members, input: PolicySetInput): Promise<void> {
  await callTfe(pathOf("policy-sets", id), {
    method: "PATCH",
    body: resourceBody("policy-sets", attributesOf(input)),
  });
  for (const type of members) {
    // A set of everything has none of its own.
    if (type !== "policies" && input.global) continue;
    const path = `${pathOf("policy-sets", id)}/relationships/${type}`;
    const [added, removed] = [without(input[type], before[type]), without(before[type], input[type])];
    const body = (ids: readonly string[]) => ({ data: ids.map((one) => ({ type, id: one })) });
    if (added.length > 0) await callTfe(path, { method: "POST", body: body(added) });
    if (removed.length > 0) await callTfe(path, { method: "DELETE", body: body(removed) });
  }
}

function without(ids: readonly string[], others: readonly string[]): readonly string[] {
  return ids.filter((id) => !others.includes(id));
}

function attributesOf({ name, description, overridable, global }: PolicySetInput) {
  return { name: name.trim(), description, overridable, global };
}

export async function deletePolicySet(id: string): Promise<void> {
  await callTfe(pathOf("policy-sets", id), { method: "DELETE" });
}

/** Uploads an archive (.tar.gz) as the set's next version. Fails with what is wrong with it. */
export async function uploadVersion(setId: string, archive: Blob): Promise<void> {
  const answer = await callTfe<{ readonly data: { readonly links: { readonly upload: string } } }>(
    `${pathOf("policy-sets", setId)}/versions`,
    { method: "POST" },
  );
  const { pathname } = new URL(answer.data.links.upload);
  await upload(pathname, archive);
}

async function upload(path: string, body: Blob): Promise<void> {
  await callApi(path, { method: "PUT", body, contentType: "application/octet-stream" });
}
