/** For example `1 workspace`, `3 workspaces`, `2 branches` with the plural given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
