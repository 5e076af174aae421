import { DomainError } from "../../platform/errors.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import { checkHost } from "./allowed-hosts.ts";

const redirectsMax = 5;
// A plan of some ten thousand resources.
const planBytesMax = 64 * 1024 * 1024;
const timeoutMs = 60_000;

/**
 * Reads a plan in its JSON form. Redirects are followed to allowed hosts only, and the token goes to the first host alone.
 * Errors: unavailable/plan_unavailable when another attempt could end otherwise, invalid/plan_refused when not, and those
 * of checkHost and of the outbound client.
 */
export async function fetchPlan(
  outbound: OutboundClient,
  hosts: readonly string[],
  source: { readonly url: string; readonly accessToken: string },
): Promise<unknown> {
  const first = checkHost(source.url, hosts);
  let url = first;
  for (let hop = 0; hop <= redirectsMax; hop++) {
    const reply = await outbound.send({
      method: "GET",
      url: url.href,
      headers: {
        accept: "application/json",
        "user-agent": "Ingot",
        ...(url.origin === first.origin ? { authorization: `Bearer ${source.accessToken}` } : {}),
      },
      replyBytesMax: planBytesMax,
      timeoutMs,
    });
    const location = reply.headers["location"]?.[0];
    if (reply.status >= 300 && reply.status < 400 && location !== undefined) {
      if (!URL.canParse(location, url.href)) throw refused("it was redirected to something that is no address");
      url = checkHost(new URL(location, url.href).href, hosts);
      continue;
    }
    return readPlan(reply);
  }
  throw refused(`it was redirected more than ${redirectsMax} times`);
}

function readPlan(reply: { readonly status: number; readonly body: string; readonly isWhole: boolean }): unknown {
  // 204: the plan is not finished yet. Source: HCP Terraform API, plan JSON output.
  if (reply.status === 204 || reply.status === 429 || reply.status >= 500) {
    throw new DomainError("unavailable", "plan_unavailable", `The plan was answered with status ${reply.status}.`);
  }
  if (reply.status !== 200) throw refused(`it was answered with status ${reply.status}`);
  if (!reply.isWhole) throw refused(`it is larger than ${planBytesMax / 1024 / 1024} MiB`);
  try {
    return JSON.parse(reply.body) as unknown;
  } catch {
    throw refused("it is not JSON");
  }
}

function refused(why: string): DomainError {
  return new DomainError("invalid", "plan_refused", `The plan could not be read: ${why}.`);
}
