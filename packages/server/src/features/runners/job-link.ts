import type { JobHold } from "../../jobs/index.ts";
import type { UrlSigner } from "../../platform/url-signer.ts";

/** What a runner may fetch and send through a signed link. */
export type JobThing = "configuration" | "state" | "state-upload" | "plan-file" | "plan-json" | "plan-rendered" | "log";

/** The path of a link that serves this one thing, job and fence. */
export async function signJobLink(
  signer: UrlSigner,
  hold: JobHold,
  thing: JobThing,
  lifetimeMs: number,
): Promise<string> {
  const token = await signer.sign(`runner.${thing}`, `${hold.id}:${hold.fence}:${thing}`, lifetimeMs);
  return `/api/runner/links/${thing}/${token}`;
}

/** Errors: not_found/no_such_link. */
export async function verifyJobLink(signer: UrlSigner, thing: JobThing, token: string): Promise<JobHold> {
  const [id = "", fence] = (await signer.verify(`runner.${thing}`, token)).split(":");
  return { id, fence: Number(fence) };
}
