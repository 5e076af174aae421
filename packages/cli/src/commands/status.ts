import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { renderTable } from "../command-line/render-table.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { withApi } from "../connection/with-api.ts";
import {
  findWorkspace,
  listWorkspaces,
  readHealth,
  readWorkspace,
  type WorkspaceDetail,
  type WorkspaceHealth,
  type WorkspaceSummary,
} from "../connection/workspaces.ts";
import { renderFindings, renderTime } from "./render-findings.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "json", kind: "switch", description: "print the server's answer as JSON" },
  { name: "exit-code", kind: "switch", description: "end with 1 when something needs attention" },
];

export const statusCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot status [FLAGS] [WORKSPACE]",
      text:
        "Shows how every workspace is: its images by status, drift and checks of its last assessment, open alerts, and " +
        "what it does when a channel moves. With a WORKSPACE, everything that is known of that one.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [name, surplus] = parsed.positionals;
  if (surplus !== undefined) throw new UsageError("ingot status takes one WORKSPACE, or none.");
  return withApi(call, parsed, async (api) => {
    const needs = name === undefined ? await showAll() : await showOne(name);
    return needs && flagSwitch(parsed, "exit-code") ? 1 : 0;

    async function showAll(): Promise<boolean> {
      const workspaces = await listWorkspaces(api);
      call.print(flagSwitch(parsed, "json") ? JSON.stringify({ workspaces }, null, 2) : renderWorkspaces(workspaces));
      return workspaces.some(needsAttention);
    }

    async function showOne(name: string): Promise<boolean> {
      const { id } = await findWorkspace(api, name);
      const workspace = await readWorkspace(api, id);
      const health = await readHealth(api, id);
      const json = () => JSON.stringify({ workspace, health }, null, 2);
      call.print(flagSwitch(parsed, "json") ? json() : renderWorkspace(workspace, health));
      return needsAttention(workspace) || workspace.image_checks.some((check) => check.status === "fail");
    }
  });
}

/** `unknown` never counts as good; an image that no registry of ours made, and health that nobody asks for, do not count. */
export function needsAttention(workspace: WorkspaceSummary): boolean {
  const { images } = workspace;
  const poor = ["behind", "scheduled", "revoked", "unknown"].some((status) => (images[status] ?? 0) > 0);
  return poor || workspace.open_alerts > 0 || !["healthy", "off"].includes(workspace.health);
}

function renderWorkspaces(workspaces: readonly WorkspaceSummary[]): string {
  if (workspaces.length === 0) return "There is no workspace yet.";
  return renderTable(
    ["WORKSPACE", "IMAGES", "HEALTH", "ASSESSED", "FOLLOW", "ALERTS", "RUN"],
    workspaces.map((workspace) => [
      workspace.name,
      renderImages(workspace.images),
      workspace.health,
      workspace.last_assessment_at === null ? "-" : renderTime(workspace.last_assessment_at),
      workspace.follow,
      String(workspace.open_alerts),
      workspace.current_run?.status ?? "-",
    ]),
  );
}

function renderImages(images: Readonly<Record<string, number>>): string {
  const parts = Object.entries(images).flatMap(([status, uses]) => (uses > 0 ? [`${uses} ${status}`] : []));
  return parts.length === 0 ? "-" : parts.join(", ");
}

function renderWorkspace(workspace: WorkspaceDetail, health: WorkspaceHealth): string {
  const { latest } = health;
  const lines = [
    `workspace  ${workspace.name} (${workspace.id})`,
    `images     ${renderImages(workspace.images)}`,
    ...workspace.image_checks.map((check) => `  ${check.status.padEnd(7)}  ${check.kind}: ${check.message}`),
    `follow     ${workspace.follow}`,
    ...workspace.follows.map(
      (follow) =>
        `  ${follow.bucket} ${follow.channel}: read ${follow.version_read ?? "nothing"}, is ${follow.version_now ?? "nothing"}`,
    ),
    `health     ${workspace.health}${health.reason === null ? "" : ` (${health.reason})`}`,
  ];
  if (latest !== null) {
    lines.push(
      `assessed   ${renderTime(latest.finished_at ?? "")}${latest.status === "failed" ? ", and it failed" : ""}`,
    );
    if (latest.error_message !== null) lines.push(`  ${latest.error_message}`);
    if (latest.status === "finished") lines.push(...renderFindings(latest).map((line) => `  ${line}`));
  }
  if (workspace.next_assessment_at !== null) lines.push(`next       ${renderTime(workspace.next_assessment_at)}`);
  lines.push(`alerts     ${workspace.open_alerts} open`);
  const { current_run: current } = workspace;
  if (current !== null) lines.push(`run        ${current.id} ${current.status}: ${current.message}`);
  return lines.join("\n");
}
