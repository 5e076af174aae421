import { spawn } from "node:child_process";
import type { Command, CommandCall } from "../command-line/command.ts";
import { parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { runnerEntry } from "@ingot/runner";

const flags: readonly Flag[] = [
  { name: "url", kind: "text", placeholder: "URL", description: "the server, such as https://ingot.example:8443" },
  {
    name: "token-file",
    kind: "text",
    placeholder: "FILE",
    description: "file with the runner's token (or the token itself in INGOT_RUNNER_TOKEN)",
  },
  { name: "ca-file", kind: "text", placeholder: "FILE", description: "PEM certificates to trust besides the system's" },
  { name: "work-dir", kind: "text", placeholder: "DIR", description: "where jobs are worked on" },
  { name: "concurrency", kind: "text", placeholder: "N", description: "runs it works on at once" },
  {
    name: "engines-dir",
    kind: "text",
    placeholder: "DIR",
    description: "directory with engines as <tofu|terraform>/<version>/<tofu|terraform>",
  },
  { name: "download-engines", kind: "switch", description: "fetch engines that are missing; needs --engine-keys" },
  {
    name: "engine-keys",
    kind: "text",
    placeholder: "FILE",
    description: "armored OpenPGP keys of those whose engines are trusted",
  },
  {
    name: "terraform-releases",
    kind: "text",
    placeholder: "URL",
    description: "where Terraform is, or a mirror of it",
  },
  { name: "tofu-releases", kind: "text", placeholder: "URL", description: "where OpenTofu is, or a mirror of it" },
  { name: "tofu-index", kind: "text", placeholder: "URL", description: "the list of OpenTofu's versions" },
  {
    name: "provider-network-mirror",
    kind: "text",
    placeholder: "URL",
    description: "https:// address of a network mirror for all other providers",
  },
  { name: "only-mirrors", kind: "switch", description: "providers come from mirrors, never from their origin" },
  {
    name: "provider-mirror",
    kind: "text",
    placeholder: "DIR",
    description: "directory with providers for runs, laid out as a filesystem mirror",
  },
  { name: "plugin-cache-dir", kind: "text", placeholder: "DIR", description: "where downloaded providers are kept" },
  {
    name: "pass-env",
    kind: "text",
    repeats: true,
    placeholder: "NAME",
    description: "a variable that runs get from this environment, such as HTTPS_PROXY",
  },
  {
    name: "isolation",
    kind: "text",
    placeholder: "LEVEL",
    description: "how far runs are kept from this machine: auto (the strongest that works), bubblewrap, users or none",
  },
  {
    name: "readable",
    kind: "text",
    repeats: true,
    placeholder: "PATH",
    description: "what isolated runs may read besides the system's programs",
  },
  {
    name: "first-user-id",
    kind: "text",
    placeholder: "N",
    description: "first of the user ids that the level users gives to runs; default 61184",
  },
  {
    name: "cgroup",
    kind: "text",
    placeholder: "DIR",
    description: "control group (cgroups v2) to make those of runs in; auto: the runner's own; off: none",
  },
  {
    name: "memory-max",
    kind: "text",
    placeholder: "MIB",
    description: "memory of a run; without a control group, address space of each process",
  },
  {
    name: "cpus-max",
    kind: "text",
    placeholder: "N",
    description: "processors' time of a run, such as 1.5; needs a control group",
  },
  { name: "processes-max", kind: "text", placeholder: "N", description: "processes of a run" },
  { name: "file-size-max", kind: "text", placeholder: "MIB", description: "each file that a run writes" },
  { name: "name", kind: "text", placeholder: "NAME", description: "shown to people; default: the host's name" },
  {
    name: "log-level",
    kind: "text",
    placeholder: "LEVEL",
    description: "one of trace, debug, info, warn, error, silent",
  },
];

export const runnerCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot runner --url URL --token-file FILE [FLAGS]",
      text: "Claims runs from a server and executes them here, until SIGTERM or Ctrl-C.",
      flags,
    }),
  run,
};

/** The runner is a program of its own: it must not share a process with anything that knows more than it should. */
async function run(call: CommandCall): Promise<number> {
  parseFlags(flags, call.args);
  const child = spawn(process.execPath, [runnerEntry, ...call.args], {
    cwd: call.workingDirectory,
    env: call.environment,
    // The terminal's Ctrl-C reaches this process only; it is passed on once.
    detached: true,
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ignore = call.onStop((signal) => void child.kill(signal));
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 1));
    });
  } finally {
    ignore();
  }
}
