import type { Flag } from "./parse-flags.ts";

const width = 100;
const indent = "      ";

/** The help of one command: how it is called, what it does, and its flags, one paragraph each. */
export function renderHelp(help: {
  readonly usage: string;
  readonly text: string;
  readonly flags: readonly Flag[];
}): string {
  const lines = [`Usage: ${help.usage}`, "", ...wrap(help.text, "")];
  if (help.flags.length > 0) {
    lines.push("", "Flags:");
    for (const flag of help.flags) lines.push(`  ${flagHead(flag)}`, ...wrap(flag.description, indent));
  }
  return lines.join("\n");
}

function flagHead(flag: Flag): string {
  if (flag.kind === "switch") return `--${flag.name}, --no-${flag.name}`;
  return `--${flag.name} ${flag.placeholder ?? "VALUE"}${flag.repeats === true ? " (repeatable)" : ""}`;
}

/** Breaks paragraphs at spaces; a line break in the text stays one. */
function wrap(text: string, prefix: string): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = prefix;
    for (const word of paragraph.split(" ")) {
      if (line.length > prefix.length && line.length + 1 + word.length > width) {
        lines.push(line);
        line = prefix;
      }
      line += line.length > prefix.length ? ` ${word}` : word;
    }
    return [...lines, line.trimEnd()];
  });
}
