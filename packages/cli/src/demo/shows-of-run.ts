/** What tells the story in the log of a run; all of it is in the demo's log directory. */
export function showsOfRun(line: string): boolean {
  return /^(Running |Plan:|No changes|Apply complete|Apply cancelled|Preparing|Error:|╷|│|╵|image = |[a-z_]+\.[a-z_[\]0-9]+: (Creat|Destr|Modif)|  # [a-z]+_|\s{6,}~ |Resources: )/.test(
    line,
  );
}
