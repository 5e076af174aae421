import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { createToken, deletePrincipalTokens } from "../access/index.ts";
import { findRunnerByName, insertPrincipal } from "./principal-store.ts";

/**
 * A credential for a runner of the organization, by the runner's name. The token it had before ends: a name is one
 * runner, and asking again is how its token is rotated.
 */
export async function createRunnerToken(
  deps: { readonly db: Db; readonly now: Clock },
  runner: {
    readonly organizationId: string;
    readonly name: string;
    /** It works for all organizations of the server: only for the server's own runner. */
    readonly serverWide?: boolean;
  },
): Promise<string> {
  const { organizationId, name } = runner;
  const kind = runner.serverWide === true ? "server_runner" : "runner";
  return deps.db.transaction().execute(async (tx) => {
    const principal =
      (await findRunnerByName(tx, { organizationId, kind, name })) ??
      (await insertPrincipal(tx, { kind, organizationId, projectId: null, name }, deps.now()));
    await deletePrincipalTokens(tx, principal.id);
    return createToken(
      tx,
      { organizationId, projectId: null, principalId: principal.id, name: `runner ${name}`, expiresAt: null },
      deps.now(),
    );
  });
}
