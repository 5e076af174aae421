import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export type VariableCategory = "terraform" | "env";

/** An input of the configuration, or of the environment of its runs. A sensitive value never leaves but to a run. */
export interface Variable {
  readonly id: string;
  readonly workspaceId: string;
  readonly key: string;
  readonly category: VariableCategory;
  readonly value: string;
  readonly description: string;
  /** The value is an expression rather than a text. */
  readonly hcl: boolean;
  readonly sensitive: boolean;
  readonly createdAt: Millis;
}

// Linux refuses one variable above 128 KiB together with its name.
const valueCharactersMax = 64 * 1024;

/** Errors: invalid/variable_key, invalid/variable_value. */
export function checkVariable(variable: Pick<Variable, "key" | "value" | "category">): void {
  const pattern = variable.category === "env" ? /^[A-Za-z_][A-Za-z0-9_]*$/ : /^[A-Za-z_][A-Za-z0-9_-]*$/;
  if (!pattern.test(variable.key) || variable.key.length > 256) {
    throw new DomainError(
      "invalid",
      "variable_key",
      `Key ${JSON.stringify(variable.key.slice(0, 256))} is invalid: it starts with a letter or _, followed by letters, numbers, and _${variable.category === "env" ? "" : " or -"}.`,
    );
  }
  if (variable.value.length > valueCharactersMax) {
    throw new DomainError("invalid", "variable_value", `Value is too long: at most ${valueCharactersMax} characters.`);
  }
}
