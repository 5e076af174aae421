import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId, newUuid } from "../../platform/ids.ts";

export type VariableCategory = "terraform" | "env";

/** An input of the configuration, or of the environment of its runs. A sensitive value never leaves but to a run. */
export interface VariableContent {
  readonly key: string;
  readonly category: VariableCategory;
  readonly value: string;
  readonly description: string;
  /** The value is an expression rather than a text. */
  readonly hcl: boolean;
  readonly sensitive: boolean;
}

/** Wherever it stands: in a workspace, or in a variable set. */
export interface StoredVariable extends VariableContent {
  readonly id: string;
  /** Another one after every change, also one that changes nothing. Source: go-tfe variable_integration_test.go. */
  readonly versionId: string;
  readonly createdAt: Millis;
}

/** One of a workspace's own. */
export interface Variable extends StoredVariable {
  readonly workspaceId: string;
}

// Linux refuses one variable above 128 KiB together with its name.
const valueCharactersMax = 64 * 1024;
const descriptionCharactersMax = 512;

/** Errors: invalid/variable_key, invalid/variable_value, invalid/variable_description. */
export function checkVariable(variable: Pick<VariableContent, "key" | "value" | "category" | "description">): void {
  // No shell can export other names; of input variables only the engine knows which there are.
  const pattern = variable.category === "env" ? /^[A-Za-z_][A-Za-z0-9_]*$/ : /^[A-Za-z0-9_-]+$/;
  if (!pattern.test(variable.key) || variable.key.length > 256) {
    throw new DomainError(
      "invalid",
      "variable_key",
      `Key ${JSON.stringify(variable.key.slice(0, 256))} is invalid: it has only letters, numbers, and _${variable.category === "env" ? ", and does not begin with a number" : " or -"}.`,
    );
  }
  if (variable.value.length > valueCharactersMax) {
    throw new DomainError("invalid", "variable_value", `Value is too long: at most ${valueCharactersMax} characters.`);
  }
  if (variable.description.length > descriptionCharactersMax) {
    throw new DomainError(
      "invalid",
      "variable_description",
      `Description is too long: at most ${descriptionCharactersMax} characters.`,
    );
  }
}

/**
 * A sensitive variable stays sensitive, and keeps its key: otherwise a change could show its value, or give it to something
 * else. Errors: invalid/variable_stays_sensitive, those of {@link checkVariable}.
 */
export function changeVariable<T extends StoredVariable>(existing: T, change: Partial<VariableContent>): T {
  if (existing.sensitive && change.sensitive === false) {
    throw new DomainError(
      "invalid",
      "variable_stays_sensitive",
      "A sensitive variable cannot be made readable. Delete it and create another.",
    );
  }
  if (existing.sensitive && change.key !== undefined && change.key !== existing.key) {
    throw new DomainError(
      "invalid",
      "variable_stays_sensitive",
      "The key of a sensitive variable cannot be changed. Delete the variable and create another.",
    );
  }
  const next: T = { ...existing, ...change, versionId: newUuid() };
  checkVariable(next);
  return next;
}

/** Errors: those of {@link checkVariable}. */
export function newVariable(content: VariableContent, now: Millis): StoredVariable {
  checkVariable(content);
  const { key, category, value, description, hcl, sensitive } = content;
  return {
    id: newExternalId("var"),
    key,
    category,
    value,
    description,
    hcl,
    sensitive,
    versionId: newUuid(),
    createdAt: now,
  };
}
