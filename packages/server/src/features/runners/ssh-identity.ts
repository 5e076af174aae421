import type { RunnerJob } from "@ingot/runner/protocol";
import { newSecret } from "../../platform/ids.ts";

const keyFile = "ssh_key";

/**
 * What the engine is given to fetch modules from repositories by SSH: the key as a file beside those that it logs in
 * elsewhere with, and the command that uses it. A GIT_SSH_COMMAND that somebody has set stays. The host's key is trusted
 * when it is first seen: nobody tells the server which it should be.
 */
export function withSshKey(
  job: { readonly identity: RunnerJob["identity"]; readonly environment: Readonly<Record<string, string>> },
  key: string | undefined,
): { readonly identity: RunnerJob["identity"]; readonly environment: Record<string, string> } {
  if (key === undefined) return { identity: job.identity, environment: { ...job.environment } };
  const identity = job.identity ?? { placeholder: newSecret("identity"), files: {}, vaults: [], problem: null };
  const { placeholder } = identity;
  const known = `-o UserKnownHostsFile=${placeholder}/known_hosts -o StrictHostKeyChecking=accept-new`;
  return {
    // OpenSSH reads no key whose last line does not end.
    identity: { ...identity, files: { ...identity.files, [keyFile]: `${key.trimEnd()}\n` } },
    environment: {
      GIT_SSH_COMMAND: `ssh -i ${placeholder}/${keyFile} -o IdentitiesOnly=yes ${known}`,
      ...job.environment,
    },
  };
}
