import { Type, type Static } from "typebox";
import type { AskedFilter, AskedQuery } from "../../features/explorer/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call } from "../shared/plane.ts";
import { maybe, queryList, queryText } from "./json-api.ts";

/**
 * A question in a URL: `type`, `fields`, `sort`, and `filter[index][field][operator][0]=value`. The samples of the reference
 * give two filters one index, so an index says nothing. Errors: invalid/explorer_filter. Source: HCP Terraform API, explorer.
 */
export function askedInQuery(call: Call): AskedQuery {
  const type = queryText(call, "type");
  return {
    type,
    fields: queryList(call, "fields") ?? queryList(call, `fields[${type ?? ""}]`),
    sorts: queryList(call, "sort") ?? [],
    filters: Object.entries(call.query).flatMap(([key, value]) =>
      key.startsWith("filter") ? askedFilters(key, value) : [],
    ),
  };
}

function askedFilters(key: string, value: unknown): AskedFilter[] {
  const [, field, operator] = /^filter\[\d{1,9}\]\[([^\]]+)\]\[([^\]]+)\](?:\[0?\])?$/.exec(key) ?? [];
  if (field === undefined || operator === undefined) {
    throw new DomainError(
      "invalid",
      "explorer_filter",
      `The parameter ${JSON.stringify(key.slice(0, 120))} is no filter. Write it as filter[0][field][operator][0]=value.`,
    );
  }
  const texts = (Array.isArray(value) ? value : [value]).filter((text) => typeof text === "string");
  return texts.map((text) => ({ field, operator, values: [text] }));
}

const Text = Type.String({ maxLength: 500 });
const Texts = Type.Array(Text, { maxItems: 100 });

const NamedFilter = Type.Object({ field: Text, operator: Text, value: maybe(Type.Union([Texts, Text])) });
/** As the sample of the reference has it: `{"workspace_name":{"contains":["dev"]}}`. */
const NestedFilter = Type.Record(Text, Type.Record(Text, Type.Union([Texts, Text])));

/** A question in a body: saved views and bulk actions. Source: HCP Terraform API, explorer and change requests. */
export const QueryBody = Type.Object({
  type: maybe(Text),
  filter: maybe(Type.Array(Type.Union([NamedFilter, NestedFilter]), { maxItems: 100 })),
  fields: maybe(Texts),
  sort: maybe(Type.Union([Texts, Text])),
});

/** `otherwise`: the type of view when the question does not say. */
export function askedInBody(body: Static<typeof QueryBody>, otherwise: string | undefined): AskedQuery {
  return {
    type: body.type ?? otherwise,
    fields: body.fields ?? undefined,
    sorts: textsOf(body.sort),
    filters: (body.filter ?? []).flatMap((filter) =>
      isNamed(filter)
        ? [{ field: filter.field, operator: filter.operator, values: textsOf(filter.value) }]
        : Object.entries(filter).flatMap(([field, operators]) =>
            Object.entries(operators).map(([operator, value]) => ({ field, operator, values: textsOf(value) })),
          ),
    ),
  };
}

function isNamed(
  filter: Static<typeof NamedFilter> | Static<typeof NestedFilter>,
): filter is Static<typeof NamedFilter> {
  return typeof filter["field"] === "string";
}

function textsOf(value: readonly string[] | string | null | undefined): readonly string[] {
  if (value == null) return [];
  return typeof value === "string" ? [value] : value;
}
