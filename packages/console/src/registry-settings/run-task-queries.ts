import { queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import { registryPath, type Place } from "../images/registry-path.ts";

export type UntrackedBehaviour = "UNSET" | "WARN" | "FAIL";

/** Where services that run Terraform ask the registry about a plan, and the key that signs what they ask. */
export interface RunTaskEndpoint {
  readonly api_url: string;
  readonly hmac_key: string;
}

export function runTaskConfigQuery(place: Place) {
  return queryOptions({
    queryKey: ["run-task", place.projectId, "config"],
    queryFn: async ({ signal }) =>
      (await callApi<{ on_untracked_image: UntrackedBehaviour }>(configPath(place), { signal })).on_untracked_image,
  });
}

/** For administrators only: the answer holds the key. */
export function runTaskEndpointQuery(place: Place) {
  return queryOptions({
    queryKey: ["run-task", place.projectId, "endpoint"],
    queryFn: ({ signal }) => callApi<RunTaskEndpoint>(registryPath(place, "runtasks", "validation"), { signal }),
    // The key is in no memory longer than on the page.
    gcTime: 0,
  });
}

export async function setUntrackedBehaviour(place: Place, behaviour: UntrackedBehaviour): Promise<void> {
  await callApi(configPath(place), { method: "PATCH", body: { on_untracked_image: behaviour } });
}

/** The key before it stops working at once. */
export async function regenerateKey(place: Place): Promise<void> {
  await callApi(registryPath(place, "runtasks", "hmac"), { method: "PATCH", body: {} });
}

function configPath(place: Place): string {
  return registryPath(place, "runtasks", "config");
}
