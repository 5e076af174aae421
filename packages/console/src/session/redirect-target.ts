/** Where to go after signing in: a path inside the console; everything else becomes the first page. */
export function redirectTarget(given: unknown): string {
  if (typeof given !== "string" || !given.startsWith("/") || /^\/[/\\]/.test(given)) return "/";
  if (given.startsWith("/sign-in")) return "/";
  return given;
}
