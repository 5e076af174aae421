/** What the command line has put into the address that it opened, as it is: the server judges it. */
export type LoginRequest = Readonly<Record<string, string>>;

const members = [
  "client_id",
  "response_type",
  "redirect_uri",
  "state",
  "code_challenge",
  "code_challenge_method",
  "scope",
] as const;

/** Undefined when the address is not one that a command line made. */
export function readLoginRequest(query: string): LoginRequest | undefined {
  const given = new URLSearchParams(query);
  const request = Object.fromEntries(
    members.flatMap((name) => {
      const value = given.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  return members.every((name) => name === "scope" || name in request) ? request : undefined;
}
