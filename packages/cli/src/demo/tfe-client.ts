import { CommandError } from "../command-line/command.ts";
import type { Connection } from "../connection/connection.ts";
import type { HttpClient } from "../connection/http-client.ts";

export interface TfeResource {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type TfeClient = ReturnType<typeof createTfeClient>;

/** The few calls of the TFE API that the demo makes itself; everything else the CLI does. */
export function createTfeClient(http: HttpClient, connection: Pick<Connection, "url" | "token">, organization: string) {
  async function call<T>(method: "GET" | "POST" | "PATCH", path: string, data?: object): Promise<T> {
    const answer = await http.send(`${connection.url}/api/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${connection.token ?? ""}`, "content-type": "application/vnd.api+json" },
      ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
    });
    if (answer.status < 200 || answer.status > 299) {
      throw new CommandError(`${method} ${path} was refused (HTTP ${answer.status}): ${answer.text.slice(0, 500)}`);
    }
    return (answer.json as { data: T }).data;
  }

  return {
    getWorkspace: (name: string) =>
      call<TfeResource>(
        "GET",
        `/organizations/${encodeURIComponent(organization)}/workspaces/${encodeURIComponent(name)}`,
      ),

    /** An environment variable of its runs, or an input variable of its configuration. */
    createVariable: (
      workspaceId: string,
      variable: { readonly category: "env" | "terraform"; readonly key: string; readonly value: string },
    ) => call<TfeResource>("POST", `/workspaces/${workspaceId}/vars`, { type: "vars", attributes: variable }),

    /** Newest first. */
    listRuns: (workspaceId: string) => call<readonly TfeResource[]>("GET", `/workspaces/${workspaceId}/runs`),

    getRun: (id: string) => call<TfeResource>("GET", `/runs/${id}`),

    getCurrentState: (workspaceId: string) =>
      call<TfeResource>("GET", `/workspaces/${workspaceId}/current-state-version`),
  };
}
