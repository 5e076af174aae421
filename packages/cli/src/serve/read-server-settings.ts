import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { convertText, environmentName, resolveServerConfig, type ConfigSource, type ServerConfig } from "@ingot/server";
import { parse } from "yaml";
import { UsageError, type Environment } from "../command-line/command.ts";
import type { ParsedFlags } from "../command-line/parse-flags.ts";
import { serverSettingNames } from "./server-flags.ts";

/**
 * The settings of a server: flags over environment over config file over defaults. Throws UsageError or DomainError
 * invalid/config, whose message names the setting, where it came from, what was given and what is allowed.
 */
export async function readServerSettings(options: {
  readonly flags: ParsedFlags;
  readonly environment: Environment;
  readonly configFile: string | undefined;
  readonly workingDirectory: string;
}): Promise<ServerConfig> {
  const { flags, environment, configFile } = options;
  const sources: ConfigSource[] = [
    { nameOf: (key) => `--${key}`, values: settingsFromFlags(flags) },
    { nameOf: environmentName, values: settingsFromEnvironment(environment) },
  ];
  if (configFile !== undefined) {
    sources.push({
      nameOf: (key) => `${key} in ${configFile}`,
      values: await settingsFromFile(configFile, options.workingDirectory),
    });
  }
  return withAbsolutePaths(resolveServerConfig(sources), options.workingDirectory);
}

/** What is written for others, such as the CA's path in the bootstrap file, must hold in any working directory. */
function withAbsolutePaths(config: ServerConfig, workingDirectory: string): ServerConfig {
  const isPath = (key: string): boolean => /-(dir|file|mirror)$/.test(key);
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      isPath(key) && typeof value === "string" ? resolve(workingDirectory, value) : value,
    ]),
  ) as ServerConfig;
}

function settingsFromFlags(flags: ParsedFlags): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const key of serverSettingNames) {
    const given = flags.values.get(key);
    if (given !== undefined)
      values[key] = convertText(key, Array.isArray(convertText(key, "")) ? given.join(",") : (given.at(-1) ?? ""));
  }
  return values;
}

function settingsFromEnvironment(environment: Environment): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const key of serverSettingNames) {
    const text = environment[environmentName(key)];
    if (text !== undefined) values[key] = convertText(key, text);
  }
  return values;
}

async function settingsFromFile(file: string, workingDirectory: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(resolve(workingDirectory, file), "utf8");
  } catch (error) {
    throw new UsageError(`The config file ${file} cannot be read: ${(error as Error).message}.`);
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new UsageError(`The config file ${file} is not valid YAML: ${(error as Error).message}`);
  }
  if (content === null) return {};
  if (typeof content !== "object" || Array.isArray(content)) {
    throw new UsageError(`The config file ${file} must hold settings, one a line, such as "listen: 127.0.0.1:8443".`);
  }
  return content as Record<string, unknown>;
}
