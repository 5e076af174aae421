import { readFileSync } from "node:fs";

/** The process id and, where the system tells it, the start time: an id alone is another process some day. */
export function describeProcess(pid: number): string {
  const fields = readStat(pid);
  // The 22nd field. Source: proc(5).
  return fields === undefined ? String(pid) : `${pid} ${fields[19] ?? ""}`;
}

/** What follows the name in parentheses. */
function readStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

export function processIdOf(description: string): number {
  return Number(description.split(" ")[0]);
}

/** Whether the process that was described so still runs. */
export function isAlive(description: string): boolean {
  const pid = processIdOf(description);
  if (!Number.isInteger(pid) || pid < 2) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // One that has ended stays there until its parent takes notice, which in containers may be never. Source: proc(5), state.
  const [state] = readStat(pid) ?? [];
  return state !== "Z" && state !== "X" && describeProcess(pid) === description;
}
