import type { TfeDeps } from "./tfe-deps.ts";

/** Links without a bearer. The secret is in the path: the log reader of go-tfe replaces the query. */
export type LinkKind =
  "configuration" | "configuration-archive" | "state" | "json-state" | "policy-set-version" | "log";

const hourMs = 3_600_000;

// A log must stay readable for as long as a client may follow it; the others are used at once.
const lifetimeMs: Record<LinkKind, number> = {
  configuration: hourMs,
  "configuration-archive": 60_000,
  state: hourMs,
  "json-state": hourMs,
  "policy-set-version": hourMs,
  log: 7 * 24 * hourMs,
};

type LinkDeps = Pick<TfeDeps, "signer" | "publicUrl">;

/** An absolute URL that serves one resource to whoever holds it. */
export async function signLink(deps: LinkDeps, kind: LinkKind, id: string): Promise<string> {
  return `${deps.publicUrl()}/signed/${kind}/${await deps.signer.sign(`tfe.${kind}`, id, lifetimeMs[kind])}`;
}

/** The id of the resource. Errors: not_found/no_such_link. */
export async function verifyLink(deps: LinkDeps, kind: LinkKind, token: string): Promise<string> {
  return deps.signer.verify(`tfe.${kind}`, token);
}
