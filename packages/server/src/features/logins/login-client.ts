/** A program that a person signs in by their browser. It is installed by everybody and can keep no secret. */
export interface LoginClient {
  readonly id: string;
  /** The ports on its own machine where it waits for the browser, both included. */
  readonly ports: readonly [first: number, last: number];
}

/** `terraform login` and `tofu login`. Both take what the discovery document of the server says. */
export const commandLine: LoginClient = { id: "terraform-cli", ports: [10_000, 10_010] };

/** Whether the browser may bring the code there. Source: terraform, internal/command/login.go; RFC 8252, section 7.3. */
export function isRedirectOf(client: LoginClient, uri: string): boolean {
  const port = Number(/^http:\/\/localhost:([1-9][0-9]{3,4})\/login$/.exec(uri)?.[1]);
  return port >= client.ports[0] && port <= client.ports[1];
}

/** What the token is called, from the name that the program gives itself, such as `Terraform/1.11.4`. */
export function nameLoginToken(userAgent: string | undefined): string {
  const [, product, version] = /^(Terraform|OpenTofu)\/([0-9A-Za-z.+-]{1,40})/.exec(userAgent ?? "") ?? [];
  return product === undefined ? "login of the command line" : `login of ${product} ${version ?? ""}`;
}
