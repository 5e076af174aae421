/** Of one cloud in one configuration of it. */
export class CloudSettings {
  readonly #variables: Readonly<Record<string, string>>;
  readonly #cloud: string;
  readonly #phase: "PLAN" | "APPLY";
  /** Null: the configuration without a tag. */
  readonly tag: string | null;

  constructor(variables: Readonly<Record<string, string>>, cloud: string, phase: "plan" | "apply", tag: string | null) {
    this.#variables = variables;
    this.#cloud = cloud;
    this.#phase = phase === "plan" ? "PLAN" : "APPLY";
    this.tag = tag;
  }

  /** `TFC_AWS_<name>`, with its tag, or else as the default of all that have one. */
  find(name: string): string | undefined {
    const own = `TFC_${this.#cloud}_${name}`;
    const value =
      this.tag === null
        ? this.#variables[own]
        : (this.#variables[`${own}_${this.tag}`] ?? this.#variables[`TFC_DEFAULT_${this.#cloud}_${name}`]);
    return value === undefined || value.trim() === "" ? undefined : value.trim();
  }

  /** `RUN_ROLE_ARN` and its like: that of the phase before that of both. Throws CredentialsProblem. */
  needForPhase(name: string): string {
    return this.find(`${this.#phase}_${name}`) ?? this.need(`RUN_${name}`);
  }

  need(name: string): string {
    const value = this.find(name);
    if (value !== undefined) return value;
    const shown = `TFC_${this.#cloud}_${name}${this.tag === null ? "" : `_${this.tag}`}`;
    const auth = `TFC_${this.#cloud}_PROVIDER_AUTH${this.tag === null ? "" : `_${this.tag}`}`;
    throw new CredentialsProblem(
      `${auth} is set, and ${shown} is not. Set it as an environment variable of the workspace, or remove ${auth}.`,
    );
  }
}

/** Dynamic credentials are asked for and cannot be made. */
export class CredentialsProblem extends Error {}

/** The configurations of a cloud that are switched on: the one without a tag is null. */
export function tagsOf(variables: Readonly<Record<string, string>>, cloud: string): (string | null)[] {
  const pattern = new RegExp(`^TFC_${cloud}_PROVIDER_AUTH(?:_(\\w+))?$`);
  return Object.keys(variables)
    .filter((key) => pattern.test(key) && /^(true|1)$/i.test(variables[key]?.trim() ?? ""))
    .sort()
    .map((key) => pattern.exec(key)?.[1] ?? null);
}
