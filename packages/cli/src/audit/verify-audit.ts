import { createReadStream } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { createTrailVerifier, verifyAuditTrails, type KnownHead, type Verdict } from "@ingot/server";
import { CommandError, UsageError, type CommandCall } from "../command-line/command.ts";
import { flagText, flagTexts, type ParsedFlags } from "../command-line/parse-flags.ts";
import { parseJsonOrUndefined } from "../foreign-data/describe-mismatch.ts";

/** Verifies a file (`-`: standard input) or a database. Throws CommandError at the first record that is not as it was. */
export async function verifyAudit(call: CommandCall, flags: ParsedFlags, file: string | undefined): Promise<void> {
  const known = flagTexts(flags, "head").map(parseHead);
  const directory = flagText(flags, "data-dir");
  const database =
    flagText(flags, "database-url") ??
    (directory === undefined ? undefined : join(resolve(call.workingDirectory, directory), "ingot.db"));
  if ((file === undefined) === (database === undefined)) {
    throw new UsageError("ingot audit verify takes a FILE, or --data-dir DIR, or --database-url URL.");
  }
  report(call, await verifyWhole(call, { file, database: (database ?? "").replace(/^sqlite:/, "") }, known));
}

async function verifyWhole(
  call: CommandCall,
  source: { readonly file: string | undefined; readonly database: string },
  known: readonly KnownHead[],
): Promise<Verdict> {
  const { file, database } = source;
  try {
    if (file === undefined) return await verifyAuditTrails(database, known);
    return await verifyLines(
      file === "-" ? process.stdin : createReadStream(resolve(call.workingDirectory, file)),
      known,
    );
  } catch (error) {
    throw new CommandError(`The audit trail cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function verifyLines(input: NodeJS.ReadableStream, known: readonly KnownHead[]): Promise<Verdict> {
  const verifier = createTrailVerifier(known);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line !== "" && verifier.add(parseJsonOrUndefined(line)) !== undefined) break;
  }
  return verifier.end();
}

function report(call: CommandCall, verdict: Verdict): void {
  if (!verdict.whole) {
    const { position, trail, sequence, reason } = verdict.broken;
    throw new CommandError(
      `The trail ${trail} is broken at record ${sequence ?? "?"} (the ${position}. that was read): ${reason}.`,
    );
  }
  if (verdict.trails.length === 0) call.print("There are no records.");
  for (const { trail, first, last, records, hash } of verdict.trails) {
    call.print(`${trail}: ${records} records, number ${first} to ${last}, are whole. Head: ${trail}:${last}:${hash}`);
    if (first > 1) call.report(`${trail}: the records before number ${first} were not read and are not verified`);
  }
}

function parseHead(text: string): KnownHead {
  const match = /^(.+):([0-9]{1,15}):([0-9a-f]{64})$/.exec(text);
  if (match === null) {
    throw new UsageError(
      `--head was given ${JSON.stringify(text)}. Allowed: TRAIL:NUMBER:HASH, as ingot audit head prints it.`,
    );
  }
  return { trail: match[1] ?? "", sequence: Number(match[2]), hash: match[3] ?? "" };
}
