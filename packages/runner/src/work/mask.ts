const marker = Buffer.from("(sensitive value)").toString("latin1");

export interface Masker {
  /** What may be shown now; the rest waits until it is clear that no masked value begins there. */
  write(bytes: Buffer): Buffer;
  end(): Buffer;
  /** Hides another value from now on. */
  add(value: string): void;
}

/**
 * Replaces every masked value in a stream of bytes, wherever the chunks are cut. Overlapping values become one marker.
 * Values are also recognised as JSON and HCL quote them, and long ones line by line, as plans indent them.
 */
export function createMasker(values: readonly string[]): Masker {
  let needles = [...new Set(values.flatMap(variantsOf))];
  let lengthMax = longest(needles);
  let tail = "";
  /** So many characters at the front of the tail stand for a value whose marker has been given out. */
  let covered = 0;

  function take(text: string, end: number): Buffer {
    let shown = "";
    let at = covered;
    const spans = findSpans(text, needles);
    let until = covered;
    for (const [from, to] of spans) {
      if (from >= end) break;
      if (from >= until) {
        shown += text.slice(at, from) + marker;
      }
      until = Math.max(until, to);
      at = until;
    }
    if (at < end) shown += text.slice(at, end);
    covered = Math.max(0, until - end);
    tail = text.slice(end);
    return Buffer.from(shown, "latin1");
  }

  return {
    write(bytes) {
      if (lengthMax === 0) return bytes;
      const text = tail + bytes.toString("latin1");
      return take(text, startOfUncertainEnd(text, needles, lengthMax));
    },
    end() {
      return take(tail, tail.length);
    },
    add(value) {
      needles = [...new Set([...needles, ...variantsOf(value)])];
      lengthMax = longest(needles);
    },
  };
}

/** One text, masked. */
export function maskText(values: readonly string[], text: string): string {
  const masker = createMasker(values);
  return Buffer.concat([masker.write(Buffer.from(text)), masker.end()]).toString();
}

function longest(needles: readonly string[]): number {
  return Math.max(0, ...needles.map((needle) => needle.length));
}

function variantsOf(value: string): string[] {
  const lines = value.includes("\n") ? value.split(/\r?\n/).filter((line) => line.trim().length >= 8) : [];
  const quoted = JSON.stringify(value).slice(1, -1);
  // As jsonencode() writes it. Source: Go, encoding/json, HTML escaping.
  const quotedByGo = quoted.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  return (
    [value, quoted, quotedByGo, ...lines.map((line) => line.trim())]
      // White space alone is no secret, and without it the log would be one line.
      .filter((text) => text.trim() !== "")
      // Bytes as characters: a chunk may end in the middle of a UTF-8 sequence.
      .map((text) => Buffer.from(text).toString("latin1"))
  );
}

/** Where the values are, as [from, to) in order of their start. */
function findSpans(text: string, needles: readonly string[]): [number, number][] {
  const spans: [number, number][] = [];
  for (const needle of needles) {
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
      spans.push([at, at + needle.length]);
    }
  }
  return spans.sort((a, b) => a[0] - b[0]);
}

/** The first position from which on the text could be the beginning of a value that is not complete yet. */
function startOfUncertainEnd(text: string, needles: readonly string[], lengthMax: number): number {
  let first = text.length;
  for (const needle of needles) {
    // Only where its first character is: tokens are long, and most of a log is no part of them.
    const from = Math.max(0, text.length - Math.min(needle.length, lengthMax) + 1);
    for (
      let at = text.indexOf(needle.charAt(0), from);
      at !== -1 && at < first;
      at = text.indexOf(needle.charAt(0), at + 1)
    ) {
      if (needle.startsWith(text.slice(at))) first = at;
    }
  }
  return first;
}
