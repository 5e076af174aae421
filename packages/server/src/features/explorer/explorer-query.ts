import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

export type FieldType = "boolean" | "number" | "string" | "datetime";

/** What can be asked about, with what each of its rows says. Source: HCP Terraform API, explorer, view types. */
export const explorerViews = {
  workspaces: {
    all_checks_succeeded: "boolean",
    current_rum_count: "number",
    checks_errored: "number",
    checks_failed: "number",
    checks_passed: "number",
    checks_unknown: "number",
    current_run_applied_at: "datetime",
    current_run_external_id: "string",
    current_run_status: "string",
    drifted: "boolean",
    external_id: "string",
    module_count: "number",
    modules: "string",
    organization_name: "string",
    project_external_id: "string",
    project_name: "string",
    provider_count: "number",
    providers: "string",
    resource_count: "number",
    resources_drifted: "number",
    resources_undrifted: "number",
    state_version_terraform_version: "string",
    vcs_repo_identifier: "string",
    workspace_created_at: "datetime",
    workspace_name: "string",
    workspace_terraform_version: "string",
    workspace_updated_at: "datetime",
  },
  tf_versions: { version: "string", workspace_count: "number", workspaces: "string" },
  providers: { name: "string", source: "string", version: "string", workspace_count: "number", workspaces: "string" },
  modules: { name: "string", source: "string", version: "string", workspace_count: "number", workspaces: "string" },
} as const satisfies Record<string, Record<string, FieldType>>;

export type ExplorerView = keyof typeof explorerViews;

export function fieldsOf(view: ExplorerView): Readonly<Record<string, FieldType>> {
  return explorerViews[view];
}

/** Which operators each type of field has. Source: HCP Terraform API, explorer, filter operators. */
const operatorsOf = {
  boolean: ["is", "is_empty", "is_not_empty"],
  number: ["is", "is_not", "is_empty", "is_not_empty", "gt", "lt", "gteq", "lteq"],
  string: ["is", "is_not", "contains", "does_not_contain", "is_empty", "is_not_empty"],
  datetime: ["is_before", "is_after"],
} as const satisfies Record<FieldType, readonly string[]>;

export type Operator = (typeof operatorsOf)[FieldType][number];

export interface ExplorerFilter {
  readonly field: string;
  readonly operator: Operator;
  /** As it was written; of `is_empty` and `is_not_empty` empty. */
  readonly text: string;
  /** To compare with; a moment in milliseconds, a boolean as 0 or 1. */
  readonly value: string | number;
}

export interface ExplorerSort {
  readonly field: string;
  readonly descending: boolean;
}

/** A question about an organization's workspaces, checked. All of the filters must hold. */
export interface ExplorerQuery {
  readonly view: ExplorerView;
  /** What of each row is answered, in this order. */
  readonly fields: readonly string[];
  readonly filters: readonly ExplorerFilter[];
  readonly sorts: readonly ExplorerSort[];
}

/** A question as it was asked. */
export interface AskedQuery {
  readonly type: string | undefined;
  /** Undefined: all. */
  readonly fields?: readonly string[] | undefined;
  readonly filters?: readonly AskedFilter[] | undefined;
  /** Names of fields, with a hyphen in front for the reverse order. */
  readonly sorts?: readonly string[] | undefined;
}

export interface AskedFilter {
  readonly field: string;
  readonly operator: string;
  readonly values: readonly string[];
}

const filtersMax = 20;
const sortsMax = 5;
const valueCharactersMax = 500;

/** Errors: invalid/explorer_type, invalid/explorer_field, invalid/explorer_operator, invalid/explorer_value, invalid/explorer_query. */
export function checkExplorerQuery(asked: AskedQuery): ExplorerQuery {
  const { type, fields, filters = [], sorts = [] } = asked;
  const views = Object.keys(explorerViews);
  if (type === undefined || !views.includes(type)) {
    const problem =
      type === undefined || type === "" ? "The type of view is missing" : `There is no view ${shown(type)}`;
    throw new DomainError("invalid", "explorer_type", `${problem}. Set type to one of: ${views.join(", ")}.`);
  }
  if (filters.length > filtersMax || sorts.length > sortsMax) {
    throw new DomainError(
      "invalid",
      "explorer_query",
      `A query has at most ${filtersMax} filters and ${sortsMax} fields to sort by.`,
    );
  }
  const view = type as ExplorerView;
  const chosen = fields === undefined || fields.length === 0 ? Object.keys(fieldsOf(view)) : [...new Set(fields)];
  return {
    view,
    fields: chosen.map((field) => knownField(view, field).name),
    filters: filters.map((filter) => checkFilter(view, filter)),
    sorts: sorts.map((sort) => ({
      field: knownField(view, sort.replace(/^-/, "")).name,
      descending: sort.startsWith("-"),
    })),
  };
}

function knownField(view: ExplorerView, name: string): { readonly name: string; readonly type: FieldType } {
  const fields = fieldsOf(view);
  const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (type !== undefined) return { name, type };
  throw new DomainError(
    "invalid",
    "explorer_field",
    `The view ${view} has no field ${shown(name)}. It has: ${Object.keys(fields).join(", ")}.`,
  );
}

function checkFilter(view: ExplorerView, filter: AskedFilter): ExplorerFilter {
  const { name, type } = knownField(view, filter.field);
  const operators: readonly string[] = operatorsOf[type];
  // The published reference writes one of them with spaces.
  const wanted = filter.operator.replaceAll(" ", "_");
  if (!operators.includes(wanted)) {
    throw new DomainError(
      "invalid",
      "explorer_operator",
      `The field ${name} is a ${type} and has no operator ${shown(filter.operator)}. It has: ${operators.join(", ")}.`,
    );
  }
  const operator = wanted as Operator;
  const [text = "", ...more] = filter.values;
  if (more.length > 0) throw wrongValue(name, operator, "takes one value; use a filter for each");
  if (text.length > valueCharactersMax) {
    throw wrongValue(name, operator, `takes a value of at most ${valueCharactersMax} characters`);
  }
  if (operator === "is_empty" || operator === "is_not_empty") {
    if (text !== "" && text !== "true") {
      throw wrongValue(name, operator, "takes no value; for the opposite there is the other operator");
    }
    return { field: name, operator, text: "", value: "" };
  }
  return { field: name, operator, text, value: valueOf(name, type, operator, text) };
}

function valueOf(field: string, type: FieldType, operator: Operator, text: string): string | number {
  switch (type) {
    case "string":
      return text;
    case "boolean":
      if (text !== "true" && text !== "false") throw wrongValue(field, operator, "takes true or false", text);
      return text === "true" ? 1 : 0;
    case "number":
      if (!/^-?\d{1,15}$/.test(text)) throw wrongValue(field, operator, "takes a whole number", text);
      return Number(text);
    case "datetime": {
      const at = momentOf(text);
      if (at === undefined) {
        throw wrongValue(field, operator, "takes a date or a moment of ISO 8601 such as 2026-01-31T08:00:00Z", text);
      }
      return at;
    }
  }
}

/** Without an offset it is UTC. Source: HCP Terraform API, explorer, filter operators. */
function momentOf(text: string): Millis | undefined {
  const form = /^\d{4}-\d{2}-\d{2}(?:([T ])\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (form === null) return undefined;
  const [, separator, offset] = form;
  const at = Date.parse(separator !== undefined && offset === undefined ? `${text}Z` : text);
  return Number.isNaN(at) ? undefined : at;
}

function wrongValue(field: string, operator: Operator, problem: string, text?: string): DomainError {
  const got = text === undefined ? "" : `, not ${shown(text)}`;
  return new DomainError("invalid", "explorer_value", `The filter ${field} ${operator} ${problem}${got}.`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** The question again, in the form that {@link checkExplorerQuery} takes. */
export function askedAgain(query: ExplorerQuery): AskedQuery {
  return {
    type: query.view,
    fields: query.fields,
    filters: query.filters.map(({ field, operator, text }) => ({
      field,
      operator,
      values: operator === "is_empty" || operator === "is_not_empty" ? [] : [text],
    })),
    sorts: query.sorts.map(({ field, descending }) => `${descending ? "-" : ""}${field}`),
  };
}
