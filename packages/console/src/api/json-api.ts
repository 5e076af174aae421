import { infiniteQueryOptions } from "@tanstack/react-query";
import { callApi, type ApiRequest, type QueryValue } from "./client.ts";
import type { Topic } from "./query-keys.ts";

export interface ResourceRef {
  readonly id: string;
  readonly type: string;
}

/** A resource of the Terraform API. Only what the console reads of its attributes is in the types. */
export interface Resource<Attributes = Readonly<Record<string, unknown>>> extends ResourceRef {
  readonly attributes: Attributes;
  readonly relationships?: Readonly<
    Record<string, { readonly data?: ResourceRef | readonly ResourceRef[] | null } | undefined>
  >;
}

export interface ResourceDocument<Attributes> {
  readonly data: Resource<Attributes>;
  readonly included?: readonly Resource[];
}

export interface ResourceList<Attributes> {
  readonly data: readonly Resource<Attributes>[];
  readonly included?: readonly Resource[];
  readonly meta?: { readonly pagination?: { readonly "next-page": number | null; readonly "total-count": number } };
}

/** Calls the Terraform API; `path` is what follows `/api/v2/`. Errors as {@link callApi}. */
export function callTfe<Answer>(path: string, request: ApiRequest = {}): Promise<Answer> {
  return callApi<Answer>(`/api/v2/${path}`, { contentType: "application/vnd.api+json", ...request });
}

/** A path of segments that may hold anything. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map(encodeURIComponent).join("/");
}

/** What one resource of a relationship is; null: none. */
export function relatedId(resource: Resource<unknown>, name: string): string | null {
  const data = resource.relationships?.[name]?.data;
  return data == null || Array.isArray(data) ? null : (data as ResourceRef).id;
}

export function relatedIds(resource: Resource<unknown>, name: string): readonly string[] {
  const data = resource.relationships?.[name]?.data;
  return Array.isArray(data) ? (data as readonly ResourceRef[]).map(({ id }) => id) : [];
}

/** The included resources of one type, by their ids. */
export function includedOf<Attributes>(
  document: { readonly included?: readonly Resource[] },
  type: string,
): ReadonlyMap<string, Resource<Attributes>> {
  const found = (document.included ?? []).filter((resource) => resource.type === type);
  return new Map(found.map((resource) => [resource.id, resource as unknown as Resource<Attributes>]));
}

/** The body that makes or changes a resource. */
export function resourceBody(
  type: string,
  attributes: Readonly<Record<string, unknown>>,
  relationships?: Readonly<Record<string, { readonly data: unknown }>>,
): object {
  return { data: { type, attributes, ...(relationships === undefined ? {} : { relationships }) } };
}

export const pageSize = 50;

/** A list of the Terraform API, a page at a time. */
export function resourcePages<Attributes>(
  key: readonly [Topic, ...unknown[]],
  path: string,
  query: Readonly<Record<string, QueryValue>> = {},
) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      callTfe<ResourceList<Attributes>>(path, {
        query: { ...query, "page[number]": pageParam, "page[size]": pageSize },
        signal,
      }),
    initialPageParam: 1,
    getNextPageParam: (page) => page.meta?.pagination?.["next-page"] ?? undefined,
  });
}

/** The items of all pages that are there. */
export function itemsOf<Attributes>(data: {
  readonly pages: readonly ResourceList<Attributes>[];
}): readonly Resource<Attributes>[] {
  return data.pages.flatMap((page) => page.data);
}
