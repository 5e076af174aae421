import { setTimeout as pause } from "node:timers/promises";
import { pageDoneRecords, type AuditRecordView } from "../../features/audit/index.ts";
import { findOrganization } from "../../features/organizations/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { pageOf, queryText } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

// Source: HCP Terraform API, audit trails.
const daysShown = 14;
const dayMs = 86_400_000;
const pageSizeUnasked = 100;
const secondMs = 1000;
// A record has its time a moment before it is committed, and the clocks of replicas differ a little.
const settleMs = 250;

/** The audit trail as clients of the published API read it: what was done, not what was refused. */
export function auditTrailRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/organization/audit-trail",
      needs: "audit:read",
      audit: "audit.read",
      handle: async (call) => auditReply(deps, call),
    },
  ];
}

/**
 * Reads what is older than the end of the running second. When some of it is of this second, it is read again when the second is
 * over: an answer has a second whole or not at all ([ADR 27](../../../../../docs/adr/0027-the-audit-trail-in-whole-seconds.md)).
 */
export async function wholeSeconds<P extends { readonly items: readonly { readonly at: string }[] }>(
  read: (before: Millis) => Promise<P>,
  now: Millis,
  wait: (ms: number) => Promise<unknown> = pause,
): Promise<P> {
  const second = now - (now % secondMs);
  const found = await read(second + secondMs);
  if (!found.items.some(({ at }) => Date.parse(at) >= second)) return found;
  await wait(second + secondMs - now + settleMs);
  return read(second + secondMs);
}

/**
 * A time in whole seconds, as clients of the published API send it, means what comes after that second: whoever asks again from the
 * newest second that it has gets nothing twice, and misses nothing.
 */
function afterOf(since: string): number {
  if (since === "") return 0;
  const at = Date.parse(since);
  if (Number.isNaN(at)) {
    throw new DomainError("invalid", "since", "The parameter since must be a time such as 2026-12-31T00:00:00Z.");
  }
  return at % secondMs === 0 ? at + secondMs - 1 : at;
}

async function auditReply(deps: TfeDeps, call: Call): Promise<Reply> {
  const { actor } = call;
  if (actor.kind !== "organization") {
    throw new DomainError(
      "forbidden",
      "organization_token_only",
      "The audit trail is read with a token of the organization, or with its token for audit trails. The whole trail, with what was refused, is at /api/v1/audit.",
    );
  }
  const asked = pageOf(call);
  const page = queryText(call, "page[size]") === undefined ? { ...asked, size: pageSizeUnasked } : asked;
  const after = afterOf(queryText(call, "since") ?? "");
  const organization = await findOrganization(deps.db, actor.organizationId);
  const now = deps.now();
  const filter = { trail: actor.organizationId, after: Math.max(after, now - daysShown * dayMs) };
  const { items, total } = await wholeSeconds((before) => pageDoneRecords(deps.db, { ...filter, before }, page), now);
  const totalPages = Math.max(1, Math.ceil(total / page.size));
  return {
    status: 200,
    contentType: "application/json",
    body: {
      data: items.map((record) => presentRecord(record, organization?.externalId ?? "")),
      pagination: {
        current_page: page.number,
        page_size: page.size,
        prev_page: page.number > 1 ? page.number - 1 : null,
        next_page: page.number < totalPages ? page.number + 1 : null,
        total_pages: totalPages,
        total_count: total,
      },
    },
  };
}

function presentRecord(record: AuditRecordView, organizationId: string) {
  const [type, action] = namesOf(record.action);
  return {
    id: record.id,
    version: "0",
    type: "Resource",
    timestamp: record.at,
    auth: {
      accessor_id: record.actor.id ?? record.actor.kind,
      description: record.actor.name ?? record.actor.kind,
      type: record.actor.kind === "server" ? "System" : "Client",
      impersonator_id: null,
      organization_id: organizationId,
    },
    request: { id: record.request?.id ?? record.id },
    resource: {
      id: record.resource?.id ?? record.resource?.name ?? "",
      type,
      action,
      meta: Object.keys(record.detail).length === 0 ? null : record.detail,
    },
  };
}

/** Where the published names are not ours with underscores. Source: HCP Terraform API, audit trails. */
const special: Readonly<Record<string, readonly [type: string, action: string]>> = {
  "team-workspace-access.create": ["workspace", "add_team"],
  "team-workspace-access.update": ["workspace", "update_team_permissions"],
  "team-workspace-access.delete": ["workspace", "remove_team"],
  "team-project-access.create": ["project", "add_team"],
  "team-project-access.update": ["project", "update_team_permissions"],
  "team-project-access.delete": ["project", "remove_team"],
  "team.add-members": ["team", "add_member"],
  "team.remove-members": ["team", "remove_member"],
};
const types: Readonly<Record<string, string>> = {
  membership: "organization_user",
  "organization-token": "authentication_token",
  "team-token": "authentication_token",
  "user-token": "authentication_token",
  token: "authentication_token",
  variable: "var",
  "run-task": "task",
  "workspace-task": "workspace_task",
  notification: "notification_configuration",
};

/** `workspace.force-unlock` as `workspace` and `force_unlock`. */
function namesOf(name: string): readonly [string, string] {
  const known = special[name];
  if (known !== undefined) return known;
  const [noun = "", verb = ""] = name.split(".");
  const type = types[noun] ?? noun.replaceAll("-", "_");
  return [type, verb === "delete" ? "destroy" : verb.replaceAll("-", "_")];
}
