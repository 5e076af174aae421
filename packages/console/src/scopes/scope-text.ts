/** Where something counts, for a table. */
export function scopeText(scope: {
  readonly everywhere: boolean;
  readonly projects: number;
  readonly workspaces: number;
}): string {
  if (scope.everywhere) return "everywhere";
  const count = (n: number, word: string) => (n === 0 ? [] : [`${String(n)} ${word}${n === 1 ? "" : "s"}`]);
  const parts = [...count(scope.projects, "project"), ...count(scope.workspaces, "workspace")];
  return parts.length === 0 ? "nowhere yet" : parts.join(", ");
}
