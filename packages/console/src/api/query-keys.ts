/**
 * The first word of every query key: what a query is about. Keys go from the general to the particular, for example
 * `["versions", project, bucket, fingerprint]`, so that the first word alone invalidates all of them.
 */
export type Topic =
  | "session"
  | "events"
  | "buckets"
  | "versions"
  | "channels"
  | "ancestry"
  | "enforced-blocks"
  | "image-uses"
  | "revocation-preview"
  | "search"
  | "runs"
  | "workspaces"
  | "assessments"
  | "alerts"
  | "notifications"
  | "webhooks"
  | "run-task"
  | "members"
  | "teams"
  | "team-access"
  | "tokens"
  | "variable-sets"
  | "variables"
  | "states"
  | "run-tasks"
  | "policy-sets"
  | "agent-pools"
  | "ssh-keys"
  | "organization"
  | "audit";

const registry: readonly Topic[] = ["buckets", "versions", "channels", "ancestry", "image-uses", "workspaces"];

// By the first part of the kind; the longest prefix that fits wins.
const topicsOf: Readonly<Record<string, readonly Topic[]>> = {
  // Whether a workspace can be assessed depends on its runs.
  run: ["runs", "workspaces", "assessments"],
  "run.applied": ["runs", "workspaces", "assessments", "image-uses", "states"],
  channel: [...registry, "runs"],
  version: [...registry, "runs", "revocation-preview"],
  assessment: ["assessments", "workspaces"],
  alert: ["alerts", "workspaces"],
  notification: ["notifications", "alerts"],
};

/** What an event of this kind makes stale. Every event is part of the activity list; unknown kinds are that alone. */
export function staleTopics(kind: string): readonly Topic[] {
  return ["events", ...(topicsOf[kind] ?? topicsOf[kind.split(".")[0] ?? ""] ?? [])];
}
