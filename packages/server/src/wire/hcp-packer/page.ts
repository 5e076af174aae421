import { DomainError } from "../../platform/errors.ts";
import type { Key, KeysetItems, KeysetPage } from "../../platform/keyset.ts";

type Query = Readonly<Record<string, unknown>>;

const sizeDefault = 100;
const sizeMax = 1000;

/** How a list is sorted. */
export interface Sorting<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
}

/** An order by name, which is part of every page token: a token works only for the order it was made for. */
export interface PageOrder {
  readonly name: string;
  /** Of the values the list is sorted by: a token comes from outside and may hold anything. */
  readonly type: "text" | "number";
}

/** The page a request asks for. Errors: invalid/page_size, invalid/page_token. */
export function parsePage(query: Query, order: PageOrder): KeysetPage {
  const limit = parseSize(query["pagination.page_size"]);
  const after = parseToken(query["pagination.next_page_token"], order);
  const before = parseToken(query["pagination.previous_page_token"], order);
  if (after !== undefined && before !== undefined) {
    throw new DomainError(
      "invalid",
      "page_token",
      "Only one of pagination.next_page_token and pagination.previous_page_token can be given.",
    );
  }
  if (after !== undefined) return { limit, cursor: { side: "after", key: after } };
  if (before !== undefined) return { limit, cursor: { side: "before", key: before } };
  return { limit };
}

function parseSize(value: unknown): number {
  if (value === undefined || value === "") return sizeDefault;
  const size = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  if (size === undefined) {
    throw new DomainError("invalid", "page_size", "pagination.page_size is a whole number that is not negative.");
  }
  return size === 0 ? sizeDefault : Math.min(size, sizeMax);
}

function parseToken(value: unknown, order: PageOrder): Key | undefined {
  if (value === undefined || value === "") return undefined;
  try {
    const text = typeof value === "string" ? Buffer.from(value, "base64url").toString("utf8") : "[]";
    const [made, at, id] = JSON.parse(text) as unknown[];
    const fits = order.type === "text" ? isStorable(at) : Number.isSafeInteger(at);
    if (made === order.name && fits && isStorable(id)) return [at as string | number, id as string];
  } catch {
    // Falls through: what is wrong with a token is of no use to its bearer.
  }
  throw new DomainError(
    "invalid",
    "page_token",
    "The page token is not one of this list, or was made for another order.",
  );
}

function isStorable(value: unknown): boolean {
  return typeof value === "string" && !value.includes("\u0000");
}

function writeToken(key: Key | null, order: PageOrder): string {
  return key === null ? "" : Buffer.from(JSON.stringify([order.name, ...key])).toString("base64url");
}

/** The member `pagination` of an answer; an empty token means that there is no such page. */
export function presentPagination(cut: Pick<KeysetItems<unknown>, "previous" | "next">, order: PageOrder) {
  return { next_page_token: writeToken(cut.next, order), previous_page_token: writeToken(cut.previous, order) };
}

/** The pagination of a list that always comes as a whole. */
export const onlyPage = { next_page_token: "", previous_page_token: "" };

/** `sorting.order_by`: one field of those that the list knows, with `asc` or `desc`. Errors: invalid/order_by. */
export function parseSorting<Field extends string>(
  query: Query,
  fields: readonly Field[],
  otherwise: Sorting<Field>,
): Sorting<Field> {
  const value = query["sorting.order_by"];
  const given = (Array.isArray(value) ? (value as unknown[]) : [value]).filter((v) => v !== undefined && v !== "");
  if (given.length === 0) return otherwise;
  const [name, direction, ...rest] = String(given[0]).trim().split(/\s+/);
  const field = fields.find((f) => f === name);
  if (given.length === 1 && field !== undefined && rest.length === 0) {
    if (direction === undefined || direction.toLowerCase() === "asc") return { field, descending: false };
    if (direction.toLowerCase() === "desc") return { field, descending: true };
  }
  throw new DomainError(
    "invalid",
    "order_by",
    `sorting.order_by can be given once, as one of ${fields.join(", ")}, with "asc" or "desc" after it.`,
  );
}

export function pageOrder(list: string, sorting: Sorting<string>): PageOrder {
  return {
    name: `${list}:${sorting.field}:${sorting.descending ? "desc" : "asc"}`,
    type: sorting.field.endsWith("_at") ? "number" : "text",
  };
}
