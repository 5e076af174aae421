/** One line of a log: its text with the codes of terminals, and the codes that are still in force where it begins. */
export interface LogLine {
  readonly raw: string;
  readonly style: string;
}

/** The lines of a log that is still being written. Lines are only ever added; the last one may grow. */
export interface LogText {
  readonly lines: readonly LogLine[];
  /** What was written of the last line, while it has no end; it is among the lines too. */
  readonly tail: string;
  /** The codes in force where the tail, or else the next line, begins. */
  readonly style: string;
  /** In characters. */
  readonly widest: number;
}

export const emptyLog: LogText = { lines: [], tail: "", style: "", widest: 0 };

// oxlint-disable-next-line no-control-regex
const styleCode = /\u001b\[([\d;]*)m/g;
// Everything that moves the cursor, clears or names the window means nothing in a list of lines.
const otherCodes =
  // oxlint-disable-next-line no-control-regex
  /\u001b\[[\d;?]*[A-LN-Za-ln-z]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b\u000c\u000e-\u001a]/g;

/** Adds what was written since. Does not change `log`: whoever shows it keeps what it has. */
export function appendText(log: LogText, text: string): LogText {
  if (text === "") return log;
  const lines = log.tail === "" ? log.lines.slice() : log.lines.slice(0, -1);
  let { style, widest } = log;
  const parts = (log.tail + text).replaceAll(otherCodes, "").split("\n");
  const tail = parts.pop() ?? "";
  const add = (part: string) => {
    const raw = readable(lastRewrite(part));
    lines.push({ raw, style });
    widest = Math.max(widest, plainText(raw).length);
    return raw;
  };
  for (const part of parts) style = styleAfter(style, add(part));
  if (tail !== "") add(tail);
  return { lines, tail, style, widest };
}

/** What a terminal would show of a line that was written over. */
function lastRewrite(line: string): string {
  const rewritten = line.replace(/\r+$/, "").split("\r");
  return rewritten.at(-1) ?? "";
}

/** What an engine that logs in JSON says for people. Source: Terraform, machine-readable UI. */
function readable(line: string): string {
  if (!line.startsWith('{"@level"')) return line;
  try {
    const message = JSON.parse(line) as EngineMessage;
    const detail = message.diagnostic?.detail ?? "";
    const text = (message["@message"] ?? line) + (detail === "" ? "" : `: ${detail.replaceAll(/\s+/g, " ")}`);
    return message["@level"] === "error" ? `\u001b[31m${text}\u001b[0m` : text;
  } catch {
    // It is still being written, or a program only pretends.
    return line;
  }
}

interface EngineMessage {
  readonly "@level"?: string;
  readonly "@message"?: string;
  readonly diagnostic?: { readonly detail?: string };
}

function styleAfter(style: string, raw: string): string {
  let after = style;
  for (const [code, numbers] of raw.matchAll(styleCode)) {
    after = numbers === "" || numbers === "0" ? "" : after + code;
  }
  return after;
}

/** Without colours. */
export function plainText(raw: string): string {
  return raw.includes("\u001b") ? raw.replaceAll(styleCode, "") : raw;
}

/** The numbers of the lines that contain this, in any case. */
export function findLines(log: LogText, wanted: string): readonly number[] {
  if (wanted === "") return [];
  const needle = wanted.toLowerCase();
  const found: number[] = [];
  for (const [index, line] of log.lines.entries()) {
    if (plainText(line.raw).toLowerCase().includes(needle)) found.push(index);
  }
  return found;
}
