import { environmentName, ServerConfigSchema } from "@ingot/server";
import type { Flag } from "../command-line/parse-flags.ts";

interface SettingSchema {
  readonly type?: string;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly description?: string;
}

const settings = Object.entries(ServerConfigSchema.properties as Record<string, SettingSchema>);

/** One flag for each setting of the server, so that a new setting needs no second list. */
export const serverFlags: readonly Flag[] = settings.map(([key, schema]) => ({
  name: key,
  kind: schema.type === "boolean" ? ("switch" as const) : ("text" as const),
  repeats: schema.type === "array",
  placeholder: placeholderOf(key, schema),
  description: `${schema.description ?? ""} (${origins(key, schema)})`,
}));

export const serverSettingNames: readonly string[] = settings.map(([key]) => key);

function origins(key: string, schema: SettingSchema): string {
  const shown = Array.isArray(schema.default) ? schema.default.join(",") : textOf(schema.default);
  return `${shown === "" ? "" : `default ${shown}; `}${environmentName(key)}`;
}

function placeholderOf(key: string, schema: SettingSchema): string {
  if (schema.type === "integer") return "N";
  if (schema.type === "array") return "NAME,…";
  if (schema.pattern?.startsWith("^http") === true) return "URL";
  if (key.endsWith("listen")) return "HOST:PORT";
  const last = key.split("-").at(-1) ?? "";
  return (
    ({ file: "FILE", dir: "DIR", mirror: "DIR", url: "URL", level: "LEVEL" } as Record<string, string>)[last] ?? "VALUE"
  );
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
