import { DomainError } from "../../platform/errors.ts";

/**
 * Whether an address that a call names may be called: over https, at a host of the operator's list, `host` or
 * `host:port`. Errors: invalid/run_task_host.
 */
export function checkHost(url: string, hosts: readonly string[]): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || parsed.protocol !== "https:") {
    throw new DomainError("invalid", "run_task_host", "A run task works over https:// only.");
  }
  const allowed = hosts.some((host) => {
    const name = host.toLowerCase();
    return name === parsed.hostname || name === parsed.host;
  });
  if (!allowed) {
    throw new DomainError(
      "invalid",
      "run_task_host",
      `This server does not call ${parsed.host} for run tasks. Its operator can allow it with the setting run-task-hosts.`,
    );
  }
  return parsed;
}
