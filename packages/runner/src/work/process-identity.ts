import { readFileSync } from "node:fs";

/** The process id and, where the system tells it, the start time: an id alone is another process some day. */
export function describeProcess(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The 22nd field, counted after the name in parentheses. Source: proc(5).
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return `${pid} ${fields[19] ?? ""}`;
  } catch {
    return String(pid);
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
  return describeProcess(pid) === description;
}
