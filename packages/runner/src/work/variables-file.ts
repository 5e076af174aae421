import type { RunVariable } from "../protocol.ts";
import { nameThatSortsLast } from "./name-that-sorts-last.ts";
import { WorkError } from "./work-error.ts";

/** The file for the run's variables in a directory that holds `names`: it wins over every other variables file there. */
export function variablesFileName(names: readonly string[]): string {
  return nameThatSortsLast(names, "zzz_ingot", [".auto.tfvars", ".auto.tfvars.json"]);
}

/** Input variables as a tfvars file: plain values quoted so that nothing in them is a template, HCL values as they are. */
export function renderVariables(variables: readonly RunVariable[]): string {
  return variables.map(renderVariable).join("");
}

function renderVariable({ key, value, hcl }: RunVariable): string {
  if (!/^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(key)) {
    throw new WorkError(
      `${JSON.stringify(key)} cannot be the name of an input variable: letters, digits, "_" and "-" are allowed, and no digit first.`,
    );
  }
  return `${key} = ${hcl ? value : quoteHcl(value)}\n`;
}

/** A quoted HCL string that means exactly this text. */
export function quoteHcl(text: string): string {
  const escaped = text.replace(/["\\]|[$%](?=\{)|\p{Cc}/gu, escapeCharacter);
  return `"${escaped}"`;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (character === "\n") return "\\n";
  // "$${" would do for most texts, but is ambiguous after another "$"; an escape is not.
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
