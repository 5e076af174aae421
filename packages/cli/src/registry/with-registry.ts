import type { CommandCall } from "../command-line/command.ts";
import type { ParsedFlags } from "../command-line/parse-flags.ts";
import { findConnection, type Connection } from "../connection/connection.ts";
import { createHttpClient, type HttpClient } from "../connection/http-client.ts";
import { createRegistryClient, type RegistryClient } from "./registry-client.ts";

/** Finds the server that the flags or the environment name, does something with its registry, and hangs up. */
export async function withRegistry<T>(
  call: CommandCall,
  flags: ParsedFlags,
  act: (registry: RegistryClient, http: HttpClient, connection: Connection) => Promise<T>,
): Promise<T> {
  const { environment, workingDirectory } = call;
  const connection = await findConnection({ flags, environment, workingDirectory });
  const http = createHttpClient(connection.ca);
  try {
    return await act(createRegistryClient(http, connection), http, connection);
  } finally {
    await http.close();
  }
}
