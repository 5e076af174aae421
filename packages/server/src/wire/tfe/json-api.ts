import { Type, type TObject, type TProperties, type TSchema } from "typebox";
import type { Page, Paged } from "../../platform/paging.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply } from "../shared/plane.ts";

export const jsonApiType = "application/vnd.api+json";

/** A resource as JSON:API has it. `type` must be what clients expect, in stubs too: they reject the whole reply otherwise. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly relationships?: Readonly<Record<string, unknown>>;
  readonly links?: Readonly<Record<string, unknown>>;
}

/** One resource, or none, in a relationship. */
export function toOne(type: string, id: string | null): { data: { id: string; type: string } | null } {
  return { data: id === null ? null : { id, type } };
}

/** Several resources in a relationship. */
export function toMany(type: string, ids: readonly string[]): { data: { id: string; type: string }[] } {
  return { data: ids.map((id) => ({ id, type })) };
}

export function document(data: Resource, included: readonly Resource[] = [], status = 200): Reply {
  return { status, body: { data, ...(included.length === 0 ? {} : { included }) } };
}

/** A page of a list, with where it stands. Source: go-tfe tfe.go, parsePagination. */
export function pageDocument<T>(
  page: Page,
  paged: Paged<T>,
  present: (item: T) => Resource,
  included: readonly Resource[] = [],
): Reply {
  const totalPages = Math.max(1, Math.ceil(paged.total / page.size));
  return {
    status: 200,
    body: {
      data: paged.items.map(present),
      ...(included.length === 0 ? {} : { included }),
      meta: {
        pagination: {
          "current-page": page.number,
          "page-size": page.size,
          "prev-page": page.number > 1 ? page.number - 1 : null,
          "next-page": page.number < totalPages ? page.number + 1 : null,
          "total-pages": totalPages,
          "total-count": paged.total,
        },
      },
    },
  };
}

/** A list that clients read without asking for a second page: all of it at once. */
export function listDocument<T>(items: readonly T[], present: (item: T) => Resource): Reply {
  return pageDocument({ number: 1, size: Math.max(items.length, 20) }, { items, total: items.length }, present);
}

/** `page[number]` and `page[size]`: 20 a page unless asked, at most 100. Errors: invalid/page. */
export function pageOf(call: Call): Page {
  return {
    number: positive(call, "page[number]", 1, 1_000_000),
    size: positive(call, "page[size]", 20, 100),
  };
}

function positive(call: Call, key: string, otherwise: number, max: number): number {
  const text = queryText(call, key);
  if (text === undefined || text === "" || text === "0") return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw new DomainError("invalid", "page", `${key} must be a positive number.`);
  return Math.min(Number(text), max);
}

/** The first value of a query parameter. */
export function queryText(call: Call, key: string): string | undefined {
  const value = call.query[key];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" ? first : undefined;
}

/** A comma-separated query parameter. Undefined when it is absent or empty. */
export function queryList(call: Call, key: string): string[] | undefined {
  const items = (queryText(call, key) ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  return items.length === 0 ? undefined : items;
}

/** What a client wants included; whatever is not known is ignored: refusing it would end the command. Source: go-tfe. */
export function includes(call: Call): ReadonlySet<string> {
  return new Set((queryList(call, "include") ?? []).map((name) => name.replaceAll("-", "_")));
}

/** As {@link includes}, where clients rely on a refusal. Errors: invalid/include_parameter. Source: go-tfe tfe.go. */
export function includesOnly(call: Call, known: readonly string[]): ReadonlySet<string> {
  const wanted = includes(call);
  if ([...wanted].every((name) => known.includes(name))) return wanted;
  throw new DomainError("invalid", "include_parameter", `Invalid include parameter; there is ${known.join(", ")}.`);
}

/** The body of a create or an update. Attributes and relationships that are not named are ignored. */
export function resourceBody<A extends TProperties, R extends TProperties = {}>(
  type: string,
  attributes: A,
  relationships?: R,
): TObject {
  return Type.Object({
    data: Type.Object({
      type: Type.Optional(Type.Union([Type.Literal(type), Type.Literal("")])),
      attributes: Type.Optional(Type.Object(attributes)),
      ...(relationships === undefined ? {} : { relationships: Type.Optional(Type.Object(relationships)) }),
    }),
  });
}

/** Absent and null mean the same: not given. */
export function maybe<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

export function relationTo(type: string) {
  return maybe(
    Type.Object({
      data: maybe(Type.Object({ type: Type.Optional(Type.Literal(type)), id: Type.String({ maxLength: 255 }) })),
    }),
  );
}

/** A relationship to several resources. */
export function relationToMany(type: string, itemsMax: number) {
  return maybe(Type.Object({ data: maybe(stubs(type, itemsMax)) }));
}

/** The body of a request about the members of a relationship, or a part of a larger one. */
export function stubs(type: string, itemsMax: number) {
  return Type.Array(Type.Object({ type: Type.Optional(Type.Literal(type)), id: Type.String({ maxLength: 255 }) }), {
    maxItems: itemsMax,
  });
}

/** The attributes of a checked body, without those that are null. */
export function attributesOf<T>(call: Call): Partial<T> {
  const attributes = (call.body as { data?: { attributes?: Record<string, unknown> } } | undefined)?.data?.attributes;
  return Object.fromEntries(Object.entries(attributes ?? {}).filter(([, value]) => value !== null)) as Partial<T>;
}

/** The attributes of a checked body as they are: null means that a value is taken away. */
export function attributesWithNulls<T>(call: Call): { readonly [K in keyof T]?: T[K] | null } {
  const body = call.body as { data?: { attributes?: { readonly [K in keyof T]?: T[K] | null } } } | undefined;
  return body?.data?.attributes ?? {};
}

/** The items of a relationship to many in a checked body; undefined when it is not named. Null and no items are the same. */
export function relatedItems<T>(call: Call, name: string): readonly T[] | undefined {
  const body = call.body as
    { data?: { relationships?: Record<string, { data?: readonly T[] | null } | null> } } | undefined;
  const relationship = body?.data?.relationships?.[name];
  return relationship == null ? undefined : (relationship.data ?? []);
}

/** The id that a relationship of a checked body names. */
export function relatedId(call: Call, name: string): string | undefined {
  const body = call.body as
    { data?: { relationships?: Record<string, { data?: { id?: string } | null } | null> } } | undefined;
  return body?.data?.relationships?.[name]?.data?.id;
}

/** A path parameter, which the router has made sure is there. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? "";
}
