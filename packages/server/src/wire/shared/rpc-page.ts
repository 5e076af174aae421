import { DomainError } from "../../platform/errors.ts";
import type { Key, KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { PageSigner } from "../../platform/page-signer.ts";

type Query = Readonly<Record<string, unknown>>;

const sizeDefault = 100;
const sizeMax = 1000;

/** What a list is asked for. */
export interface ListCall {
  /** The name of the operation. */
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: unknown;
}

/** One of the fields by which a list is sorted, the first of them first. */
export interface Sorting<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
}

/**
 * What a page token is good for: this operation on this path, with these filters, in this order. A token that was made
 * for anything else is refused.
 */
export interface PageOrder {
  readonly signer: PageSigner;
  readonly list: string;
  /** How many values a row is sorted by, its id not counted. */
  readonly fields: number;
  /** Of a page for which the client names no size. */
  readonly sizeDefault: number;
}

/**
 * The order of the list that a call asks for, with {@link parseSorting}; without it, that of a list which is always in
 * the order of one column. Everything in the call's path, query and body that is not about the page itself is taken for
 * a filter, so that no list can forget one.
 */
export function pageOrder(
  deps: { readonly pageSigner: PageSigner },
  call: ListCall,
  sorting: readonly Sorting<string>[] = [],
  options: { readonly sizeDefault?: number } = {},
): PageOrder {
  const filters = Object.entries(call.query)
    .filter(([name, value]) => !/^(pagination|sorting|location)\./.test(name) && value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    signer: deps.pageSigner,
    list: JSON.stringify([call.operation, call.params, filters, call.body ?? null, sorting]),
    fields: Math.max(sorting.length, 1),
    sizeDefault: options.sizeDefault ?? sizeDefault,
  };
}

/** The page a request asks for. Errors: invalid/page_size, invalid/page_token. */
export function parsePage(query: Query, order: PageOrder): KeysetPage {
  const limit = parseSize(query["pagination.page_size"], order.sizeDefault);
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

function parseSize(value: unknown, otherwise: number): number {
  if (value === undefined || value === "") return otherwise;
  const size = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  if (size === undefined) {
    throw new DomainError("invalid", "page_size", "pagination.page_size is a whole number that is not negative.");
  }
  return size === 0 ? otherwise : Math.min(size, sizeMax);
}

function parseToken(value: unknown, order: PageOrder): Key | undefined {
  if (value === undefined || value === "") return undefined;
  const place = typeof value === "string" ? order.signer.open(order.list, value) : undefined;
  const key = place === undefined ? undefined : (JSON.parse(place) as Key);
  if (key?.length !== order.fields + 1) {
    throw new DomainError(
      "invalid",
      "page_token",
      "The page token is not one of this list, or was made for another order or filter. Start again without a token.",
    );
  }
  return key;
}

function writeToken(key: Key | null, order: PageOrder): string {
  if (key === null) return "";
  if (key.length !== order.fields + 1) throw new Error("A page's key has a value for each sorted field, and the id.");
  return order.signer.sign(order.list, JSON.stringify(key));
}

/** The member `pagination` of an answer; an empty token means that there is no such page. */
export function presentPagination(cut: Pick<KeysetItems<unknown>, "previous" | "next">, order: PageOrder) {
  return { next_page_token: writeToken(cut.next, order), previous_page_token: writeToken(cut.previous, order) };
}

/**
 * `sorting.order_by`: fields that the list knows, each once, with `asc` or `desc`; repeated, or in one value with commas
 * between them. Errors: invalid/order_by. Source: hcp-packer-2023-01-01, `sorting.order_by`.
 */
export function parseSorting<Field extends string>(
  query: Query,
  fields: readonly Field[],
  otherwise: Sorting<Field> | readonly Sorting<Field>[],
): readonly Sorting<Field>[] {
  const given = [query["sorting.order_by"]]
    .flat()
    .flatMap((value) => (typeof value === "string" ? value.split(",") : []))
    .filter((text) => text.trim() !== "");
  if (given.length === 0) return [otherwise].flat();
  const sorting = given.map((text) => parseSortedField(text, fields));
  if (new Set(sorting.map(({ field }) => field)).size < sorting.length) throw badSorting(fields);
  return sorting;
}

function parseSortedField<Field extends string>(text: string, fields: readonly Field[]): Sorting<Field> {
  const [name, direction = "asc", ...rest] = text.trim().split(/\s+/);
  const field = fields.find((known) => known === name);
  const isDirection = /^(asc|desc)$/i.test(direction);
  if (field === undefined || !isDirection || rest.length > 0) throw badSorting(fields);
  return { field, descending: direction.toLowerCase() === "desc" };
}

function badSorting(fields: readonly string[]): DomainError {
  return new DomainError(
    "invalid",
    "order_by",
    `sorting.order_by names each of ${fields.join(", ")} at most once, with "asc" or "desc" after it.`,
  );
}

/** The pagination of a list that always comes as a whole. */
export const onlyPage = { next_page_token: "", previous_page_token: "" };
