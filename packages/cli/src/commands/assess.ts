import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { readAssessment, startAssessment, type AssessmentDetail } from "../connection/assessments.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import type { Api } from "../connection/call-api.ts";
import { withApi } from "../connection/with-api.ts";
import { findWorkspace } from "../connection/workspaces.ts";
import { renderFindings } from "./render-findings.ts";

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  { name: "json", kind: "switch", description: "print the server's answer as JSON" },
  { name: "wait", kind: "switch", description: "wait for the end and print what was found (default)" },
  { name: "exit-code", kind: "switch", description: "end with 1 when something drifted or a check does not pass" },
];

export const assessCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot assess [FLAGS] WORKSPACE",
      text:
        "Assesses a workspace now: whether the world is still what its configuration says, and whether its checks pass. " +
        "Changes nothing. What drifted is printed with its values before and after.",
      flags,
    }),
  run,
};

const pollMs = 500;

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [name, surplus] = parsed.positionals;
  if (name === undefined || surplus !== undefined) throw new UsageError("ingot assess takes one WORKSPACE.");
  const waits = !parsed.values.has("wait") || flagSwitch(parsed, "wait");
  const asJson = flagSwitch(parsed, "json");
  return withApi(call, parsed, async (api) => {
    const workspace = await findWorkspace(api, name);
    const started = await startAssessment(api, workspace.id);
    if (!waits) {
      call.print(
        asJson
          ? JSON.stringify(started, null, 2)
          : `assessment ${started.id} of ${workspace.name} is ${started.status}`,
      );
      return 0;
    }
    call.report(`assessment ${started.id} of ${workspace.name} is under way`);
    const ended = await waitForEnd(call, api, started.id);
    if (asJson) call.print(JSON.stringify(ended, null, 2));
    if (ended.status !== "finished") {
      const why =
        ended.error_message ?? (ended.status === "canceled" ? "a run of the workspace went first" : "no reason given");
      throw new CommandError(`The assessment ${ended.status === "canceled" ? "was canceled" : "failed"}: ${why}`);
    }
    if (!asJson) for (const line of renderFindings(ended)) call.print(line);
    return flagSwitch(parsed, "exit-code") && isPoor(ended) ? 1 : 0;
  });
}

async function waitForEnd(call: CommandCall, api: Api, id: string): Promise<AssessmentDetail> {
  const stop = new AbortController();
  const stopListening = call.onStop(() => stop.abort());
  try {
    for (;;) {
      const assessment = await readAssessment(api, id);
      if (assessment.status !== "queued" && assessment.status !== "running") return assessment;
      await sleep(pollMs, undefined, { signal: stop.signal });
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new CommandError(`Stopped waiting; assessment ${id} goes on.`);
  } finally {
    stopListening();
  }
}

function isPoor(assessment: AssessmentDetail): boolean {
  return assessment.drift.length > 0 || assessment.checks.some((check) => check.status !== "pass");
}
