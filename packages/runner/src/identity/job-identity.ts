import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { RunnerJob } from "../protocol.ts";
import { WorkError } from "../work/work-error.ts";
import { loginToVault, type VaultSession } from "./vault-session.ts";

export interface JobIdentity {
  /** The environment of the job with what the identity adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** Revokes what was borrowed. Never rejects. */
  end(): Promise<void>;
}

/**
 * Writes down what the engine logs in elsewhere with, and logs in to Vault. `mask` hears of every secret that the server
 * did not know of. Throws WorkError when the identity that was asked for cannot be had.
 */
export async function openIdentity(
  job: Pick<RunnerJob, "identity" | "environment">,
  directory: string,
  options: { readonly mask: (secret: string) => void; readonly signal: AbortSignal; readonly logger: Logger },
): Promise<JobIdentity> {
  const { identity } = job;
  if (identity === undefined) return { environment: job.environment, end: async () => {} };
  if (identity.problem !== null) throw new WorkError(identity.problem);
  const place = (text: string): string => text.replaceAll(identity.placeholder, directory);
  for (const [name, content] of Object.entries(identity.files)) {
    await writeFile(join(directory, name), place(content), { mode: 0o600 });
  }
  const environment = Object.fromEntries(Object.entries(job.environment).map(([key, value]) => [key, place(value)]));
  const sessions: VaultSession[] = [];
  const end = async (): Promise<void> => void (await Promise.all(sessions.map((session) => session.end())));
  try {
    for (const vault of identity.vaults) {
      const session = await loginToVault(vault, options);
      sessions.push(session);
      options.mask(session.token);
      await writeFile(join(directory, vault.token_file), session.token, { mode: 0o600 });
      if (vault.in_environment) environment["VAULT_TOKEN"] = session.token;
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { environment, end };
}
