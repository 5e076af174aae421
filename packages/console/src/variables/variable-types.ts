export interface VariableAttributes {
  readonly key: string;
  /** Null of a sensitive one, for everybody. */
  readonly value: string | null;
  readonly description: string;
  readonly category: "terraform" | "env";
  readonly hcl: boolean;
  readonly sensitive: boolean;
}

/** What is sent: a sensitive value that was not typed again is left out, so that it stays. */
export type VariableInput = Partial<VariableAttributes>;

export interface VariableForm {
  readonly key: string;
  readonly value: string;
  readonly description: string;
  readonly category: "terraform" | "env";
  readonly hcl: boolean;
  readonly sensitive: boolean;
}

export const emptyVariable: VariableForm = {
  key: "",
  value: "",
  description: "",
  category: "terraform",
  hcl: false,
  sensitive: false,
};

export function formOf(variable: VariableAttributes | undefined): VariableForm {
  return variable === undefined ? emptyVariable : { ...variable, value: variable.value ?? "" };
}

/** What to send for a form; `before` is what is changed, if anything is. */
export function inputOf(form: VariableForm, before: VariableAttributes | undefined): VariableInput {
  const { value, ...rest } = form;
  const keepsValue = before?.sensitive === true && value === "";
  return {
    ...rest,
    key: form.key.trim(),
    // An environment has no expressions.
    hcl: form.category === "terraform" && form.hcl,
    ...(keepsValue ? {} : { value }),
  };
}
