import { openSqlite, type SqliteFile } from "./database.ts";

export type HeldFile = SqliteFile;

/**
 * Opens a small SQLite file of this process's own, for what must outlive the process and not the machine: a write is handed to
 * the operating system and never waits for the disk. Undefined when another process has it open.
 */
export function openHeldFile(path: string): HeldFile | undefined {
  const file = openSqlite(path);
  try {
    file.pragma("busy_timeout = 0");
    file.pragma("locking_mode = EXCLUSIVE");
    file.pragma("journal_mode = WAL");
    file.pragma("synchronous = NORMAL");
    // The lock is taken by the first write and kept until the file is closed.
    file.exec("begin immediate; commit");
    return file;
  } catch (error) {
    file.close();
    if (String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY")) return undefined;
    throw error;
  }
}
