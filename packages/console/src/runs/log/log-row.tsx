import Anser from "anser";
import { memo, type CSSProperties } from "react";
import type { LogLine } from "./log-lines.ts";
import classes from "./log-view.module.css";

/** One line with its colours, and with what is searched for marked. */
export const LogRow = memo(function LogRow({ line, wanted }: { readonly line: LogLine; readonly wanted: string }) {
  const parts = Anser.ansiToJson(line.style + line.raw, { json: true, remove_empty: true, use_classes: true });
  return (
    <>
      {parts.map((part, index) => (
        <span key={index} className={classOf(part)} style={styleOf(part)}>
          {wanted === "" ? part.content : <Marked text={part.content} wanted={wanted} />}
        </span>
      ))}
    </>
  );
});

const colours: Readonly<Record<string, string>> = {
  "ansi-black": "var(--log-faint)",
  "ansi-bright-black": "var(--log-faint)",
  "ansi-red": "var(--log-red)",
  "ansi-bright-red": "var(--log-red)",
  "ansi-green": "var(--log-green)",
  "ansi-bright-green": "var(--log-green)",
  "ansi-yellow": "var(--log-yellow)",
  "ansi-bright-yellow": "var(--log-yellow)",
  "ansi-blue": "var(--log-blue)",
  "ansi-bright-blue": "var(--log-blue)",
  "ansi-magenta": "var(--log-magenta)",
  "ansi-bright-magenta": "var(--log-magenta)",
  "ansi-cyan": "var(--log-cyan)",
  "ansi-bright-cyan": "var(--log-cyan)",
};

function styleOf(part: Anser.AnserJsonEntry): CSSProperties {
  const colour = colours[part.fg];
  return colour === undefined ? {} : { color: colour };
}

function classOf(part: Anser.AnserJsonEntry): string {
  const { decorations } = part;
  return [
    decorations.includes("bold") ? classes["bold"] : undefined,
    decorations.includes("dim") ? classes["dim"] : undefined,
    decorations.includes("underline") ? classes["underline"] : undefined,
    decorations.includes("italic") ? classes["italic"] : undefined,
  ]
    .filter((name) => name !== undefined)
    .join(" ");
}

function Marked({ text, wanted }: { readonly text: string; readonly wanted: string }) {
  const pieces: React.ReactNode[] = [];
  const lower = text.toLowerCase();
  const needle = wanted.toLowerCase();
  let from = 0;
  for (let at = lower.indexOf(needle); at !== -1; at = lower.indexOf(needle, from)) {
    pieces.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + needle.length)}</mark>);
    from = at + needle.length;
  }
  pieces.push(text.slice(from));
  return pieces;
}
