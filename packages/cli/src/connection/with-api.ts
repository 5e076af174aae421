import type { CommandCall } from "../command-line/command.ts";
import type { ParsedFlags } from "../command-line/parse-flags.ts";
import type { Api } from "./call-api.ts";
import { findConnection } from "./connection.ts";
import { createHttpClient } from "./http-client.ts";

/** Finds the server that the flags or the environment name, asks it something, and hangs up. */
export async function withApi<T>(call: CommandCall, flags: ParsedFlags, act: (api: Api) => Promise<T>): Promise<T> {
  const { environment, workingDirectory } = call;
  const connection = await findConnection({ flags, environment, workingDirectory });
  const http = createHttpClient(connection.ca);
  try {
    return await act({ http, connection });
  } finally {
    await http.close();
  }
}
