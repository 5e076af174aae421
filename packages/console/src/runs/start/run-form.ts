import { toExpression } from "../run-words.ts";

export const runKinds = [
  {
    value: "apply",
    label: "Plan and apply",
    description: "Plans what the configuration says, and applies it after approval.",
  },
  { value: "plan", label: "Plan only", description: "Shows what would change. It can never be applied." },
  {
    value: "save",
    label: "Plan and keep",
    description: "Keeps the plan without holding up other runs. It can be applied later, while nothing else was.",
  },
  {
    value: "refresh",
    label: "Refresh only",
    description: "Writes what is there now into the state, and touches no resource.",
  },
  { value: "destroy", label: "Destroy", description: "Plans to destroy everything that this workspace manages." },
] as const;

export type RunKind = (typeof runKinds)[number]["value"];

/** A value for this run alone. `isExpression`: it is written in the configuration language, else it is text. */
export interface RunVariable {
  readonly key: string;
  readonly value: string;
  readonly isExpression: boolean;
}

export interface RunForm {
  readonly kind: RunKind;
  readonly message: string;
  readonly targets: readonly string[];
  readonly replaces: readonly string[];
  readonly variables: readonly RunVariable[];
  readonly refresh: boolean;
  readonly allowEmptyApply: boolean;
}

export const emptyRunForm: RunForm = {
  kind: "apply",
  message: "",
  targets: [],
  replaces: [],
  variables: [],
  refresh: true,
  allowEmptyApply: false,
};

export const defaultMessages: Readonly<Record<RunKind, string>> = {
  apply: "Started in the console",
  plan: "Plan started in the console",
  save: "Plan started in the console",
  refresh: "Refresh started in the console",
  destroy: "Destroy started in the console",
};

/** Which options there are for a kind: a refresh has nothing to replace and cannot leave the refresh out. */
export function optionsOf(kind: RunKind): {
  readonly replace: boolean;
  readonly refresh: boolean;
  readonly empty: boolean;
} {
  return {
    replace: kind !== "refresh" && kind !== "destroy",
    refresh: kind !== "refresh",
    empty: kind === "apply" || kind === "save",
  };
}

/** The attributes of the run in the words of the Terraform API; what the kind has no use for is left out. */
export function attributesOfRun(form: RunForm): Readonly<Record<string, unknown>> {
  const { kind } = form;
  const has = optionsOf(kind);
  const variables = form.variables.filter(({ key }) => key.trim() !== "");
  return {
    message: form.message.trim() === "" ? defaultMessages[kind] : form.message.trim(),
    ...(kind === "plan" ? { "plan-only": true } : {}),
    ...(kind === "save" ? { "save-plan": true } : {}),
    ...(kind === "refresh" ? { "refresh-only": true } : {}),
    ...(kind === "destroy" ? { "is-destroy": true } : {}),
    ...(form.targets.length > 0 ? { "target-addrs": form.targets } : {}),
    ...(has.replace && form.replaces.length > 0 ? { "replace-addrs": form.replaces } : {}),
    ...(has.refresh && !form.refresh ? { refresh: false } : {}),
    ...(has.empty && form.allowEmptyApply ? { "allow-empty-apply": true } : {}),
    ...(variables.length > 0
      ? {
          variables: variables.map(({ key, value, isExpression }) => ({
            key: key.trim(),
            value: isExpression ? value : toExpression(value),
          })),
        }
      : {}),
  };
}
