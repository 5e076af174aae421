import type { ResourceCounts } from "../protocol.ts";

export interface EngineOutput {
  read(bytes: Buffer): void;
  /** From the last line of an apply; undefined when it was not reached. */
  counts(): ResourceCounts | undefined;
  /** The headline of the first error. */
  firstError(): string | undefined;
}

// A diagnostic in JSON holds a piece of the configuration.
const lineLengthMax = 64 * 1024;

// Terraform's init announces its errors by one that says nothing yet.
const introduction = /encountered problems during initiali[sz]ation/;

/** Reads along in what an engine prints, for people or as JSON. Source: OpenTofu and Terraform, internal/command/views/apply.go. */
export function readEngineOutput(): EngineOutput {
  let partial = "";
  let counts: ResourceCounts | undefined;
  let firstError: string | undefined;

  function readLine(line: string): void {
    if (line.startsWith("{")) return readMessage(parseMessage(line));
    if (/^(Apply|Destroy) complete! Resources: /.test(line)) counts = parseCounts(line);
    else if (firstError === undefined && line.startsWith("Error: ") && !introduction.test(line)) {
      firstError = Buffer.from(line.slice("Error: ".length), "latin1").toString().trim();
    }
  }

  function readMessage({ type, changes, diagnostic }: EngineMessage): void {
    if (type === "change_summary" && (changes?.operation === "apply" || changes?.operation === "destroy")) {
      const { add = 0, change = 0, remove = 0, import: imports = 0 } = changes;
      counts = { additions: add, changes: change, destructions: remove, imports };
    }
    if (type === "diagnostic" && diagnostic?.severity === "error") firstError ??= diagnostic.summary;
  }

  return {
    read(bytes) {
      const text = partial + bytes.toString("latin1");
      let from = 0;
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
        readLine(text.slice(from, end));
        from = end + 1;
      }
      partial = text.slice(from, from + lineLengthMax);
    },
    counts: () => counts,
    firstError: () => firstError,
  };
}

/** Reads `Apply complete! Resources: 1 imported, 2 added, 0 changed, 1 destroyed.` */
function parseCounts(line: string): ResourceCounts {
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}\\b`).exec(line)?.[1] ?? 0);
  return {
    additions: count("added"),
    changes: count("changed"),
    destructions: count("destroyed"),
    imports: count("imported"),
  };
}

/** A line of a log in JSON. Source: Terraform, machine-readable UI. */
interface EngineMessage {
  readonly type?: string;
  readonly changes?: {
    readonly operation?: string;
    readonly add?: number;
    readonly change?: number;
    readonly remove?: number;
    readonly import?: number;
  };
  readonly diagnostic?: { readonly severity?: string; readonly summary?: string };
}

/** What a program has printed that only looks like one is none, as is the beginning of a very long line. */
function parseMessage(line: string): EngineMessage {
  try {
    return JSON.parse(Buffer.from(line, "latin1").toString()) as EngineMessage;
  } catch {
    return {};
  }
}
