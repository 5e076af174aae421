import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { newUlid } from "../../platform/ids.ts";
import { openHeldFile, type HeldFile } from "../../db/held-file.ts";
import type { Act } from "./audit-record.ts";
import { ofUnknownOutcome, type AuditJournal, type AuditJournals } from "./audit-journal.ts";

interface JournalRow {
  readonly id: string;
  readonly act: string;
  readonly finished: number;
}

const suffix = ".journal";

/**
 * Opens a journal in the directory, one that a server left behind or a new one, with all others that were left behind. Servers
 * that share the directory have a journal each, which the operating system keeps for them.
 */
export async function openJournals(directory: string): Promise<AuditJournals> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const names = (await readdir(directory)).filter((name) => name.endsWith(suffix)).sort();
  const journals: AuditJournal[] = [];
  for (const name of names) {
    const file = join(directory, name);
    try {
      const held = openHeldFile(file);
      if (held !== undefined) journals.push(journalIn(held));
    } catch (error) {
      // Not readable any more, such as after a disk that was full. It is kept for people, and out of the way.
      await rename(file, `${file}.broken`);
      throw new Error(
        `The audit journal ${file} cannot be read. It was renamed to ${name}.broken; start the server again to go on without it.`,
        { cause: error },
      );
    }
  }
  const [own, ...leftBehind] = journals;
  if (own !== undefined) return { own, leftBehind };
  const held = openHeldFile(join(directory, `${newUlid()}${suffix}`));
  if (held === undefined) throw new Error(`A new audit journal in ${directory} is held by another process.`);
  return { own: journalIn(held), leftBehind: [] };
}

function journalIn(file: HeldFile): AuditJournal {
  file.exec(
    "create table if not exists acts (id text primary key not null, act text not null, finished integer not null)",
  );
  const begin = file.prepare("insert into acts (id, act, finished) values (?, ?, 0)");
  const finish = file.prepare(
    "insert into acts (id, act, finished) values (?, ?, 1) on conflict (id) do update set act = excluded.act, finished = 1",
  );
  const remove = file.prepare("delete from acts where id = ?");
  const list = file.prepare("select * from acts where finished >= ? order by id limit ?");
  return {
    begin: (act) => void begin.run([act.id, JSON.stringify(act)]),
    finish: (act) => void finish.run([act.id, JSON.stringify(act)]),
    remove: (id) => void remove.run([id]),
    list: ({ unfinishedToo, limit }) =>
      (list.all([unfinishedToo ? 0 : 1, limit]) as JournalRow[]).map((row) => {
        const act = JSON.parse(row.act) as Act;
        return row.finished === 1 ? act : ofUnknownOutcome(act);
      }),
    close: () => file.close(),
  };
}
