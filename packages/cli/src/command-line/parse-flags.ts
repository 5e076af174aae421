import { UsageError } from "./command.ts";

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  /** `switch` takes no value and has a `--no-` form; `text` takes one, and may be repeated when `repeats`. */
  readonly kind: "text" | "switch";
  readonly repeats?: boolean;
  /** Stands for the value in the help, such as FILE. */
  readonly placeholder?: string;
  readonly description: string;
}

export interface ParsedFlags {
  /** Every value given, in order; switches as `true` or `false`. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/**
 * Reads `--name value`, `--name=value`, `--switch`, `--no-switch` and positionals; `--` ends the flags. Throws UsageError
 * for an unknown flag, a missing value, and a value given twice to a flag that does not repeat.
 */
export function parseFlags(flags: readonly Flag[], args: readonly string[]): ParsedFlags {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") {
      positionals.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      positionals.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const given = equals < 0 ? arg : arg.slice(0, equals);
    const inline = equals < 0 ? undefined : arg.slice(equals + 1);
    const { flag, negated } = findFlag(flags, given);
    let value: string;
    if (flag.kind === "switch") {
      if (negated && inline !== undefined) throw new UsageError(`${given} takes no value.`);
      value = negated ? "false" : (inline ?? "true");
    } else {
      const next = inline ?? args[++i];
      if (next === undefined) throw new UsageError(`${given} needs a value: ${given} ${flag.placeholder ?? "VALUE"}.`);
      value = next;
    }
    const before = values.get(flag.name) ?? [];
    if (before.length > 0 && flag.kind === "text" && flag.repeats !== true) {
      throw new UsageError(`${given} was given twice; give it once.`);
    }
    values.set(flag.name, [...before, value]);
  }
  return { values, positionals };
}

/** The value of a flag that does not repeat; the last one of a switch. */
export function flagText(parsed: ParsedFlags, name: string): string | undefined {
  return parsed.values.get(name)?.at(-1);
}

export function flagTexts(parsed: ParsedFlags, name: string): readonly string[] {
  return parsed.values.get(name) ?? [];
}

export function flagSwitch(parsed: ParsedFlags, name: string): boolean {
  const text = flagText(parsed, name);
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw new UsageError(`--${name} was given ${JSON.stringify(text)}. Allowed: true or false.`);
}

function findFlag(flags: readonly Flag[], given: string): { flag: Flag; negated: boolean } {
  const name = given.slice(2);
  const flag = given.startsWith("--") ? flags.find((f) => f.name === name) : undefined;
  if (flag !== undefined) return { flag, negated: false };
  const negated = given.startsWith("--no-")
    ? flags.find((f) => f.kind === "switch" && f.name === given.slice("--no-".length))
    : undefined;
  if (negated !== undefined) return { flag: negated, negated: true };
  throw new UsageError(`${given} is not a flag here. Known flags: ${flags.map((f) => `--${f.name}`).join(", ")}.`);
}
