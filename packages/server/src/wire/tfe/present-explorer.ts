import {
  askedAgain,
  fieldsOf,
  type ExplorerQuery,
  type ExplorerRow,
  type ExplorerView,
  type SavedView,
} from "../../features/explorer/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import type { Resource } from "./json-api.ts";

const rowTypes: Readonly<Record<ExplorerView, string>> = {
  workspaces: "visibility-workspace",
  tf_versions: "visibility-tf-version",
  providers: "visibility-provider",
  modules: "visibility-module",
};

/** Names are written with hyphens, but for one. Source: HCP Terraform API, explorer, sample responses. */
export function presentExplorerRow(query: ExplorerQuery, row: ExplorerRow): Resource {
  const types = fieldsOf(query.view);
  const attributes = Object.entries(row.values).map(([name, value]) => [
    name === "current_rum_count" ? name : name.replaceAll("_", "-"),
    types[name] === "datetime" && typeof value === "number" ? toRfc3339(value) : value,
  ]);
  return { id: row.key, type: rowTypes[query.view], attributes: Object.fromEntries(attributes) };
}

/** One line of a CSV file: what nobody knows is empty. */
export function csvRecord(query: ExplorerQuery, row: ExplorerRow): string[] {
  const types = fieldsOf(query.view);
  return query.fields.map((name) => {
    const value = row.values[name] ?? null;
    if (value === null) return "";
    return types[name] === "datetime" ? toRfc3339(Number(value)) : String(value);
  });
}

export function presentSavedView(view: SavedView): Resource {
  const { type, fields, filters = [], sorts } = askedAgain(view.query);
  const isOfAllFields = fields?.length === Object.keys(fieldsOf(view.query.view)).length;
  return {
    id: view.id,
    type: "explorer-saved-queries",
    attributes: {
      name: view.name,
      "created-at": toRfc3339(view.createdAt),
      "query-type": type,
      query: {
        type,
        filter: filters.map(({ field, operator, values }) => ({ field, operator, value: values })),
        ...(isOfAllFields ? {} : { fields }),
        ...(sorts?.length === 0 ? {} : { sort: sorts }),
      },
    },
  };
}
