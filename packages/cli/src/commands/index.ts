import type { Command } from "../command-line/command.ts";
import { buildCommand } from "./build.ts";
import { envCommand } from "./env.ts";
import { runnerCommand } from "./runner.ts";
import { serveCommand } from "./serve.ts";
import { versionCommand } from "./version.ts";
import { whereCommand } from "./where.ts";

export const commands: readonly Command[] = [
  serveCommand,
  runnerCommand,
  envCommand,
  buildCommand,
  whereCommand,
  versionCommand,
];
