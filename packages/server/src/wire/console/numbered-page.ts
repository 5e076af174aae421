import { Type } from "typebox";
import type { Page } from "../../platform/paging.ts";

/** The part of a query of lists that are read page by page, with their total. */
export const numberedPageQuery = {
  page: Type.Optional(Type.String({ pattern: "^[1-9][0-9]{0,5}$", description: "counted from 1" })),
  limit: Type.Optional(
    Type.String({ pattern: "^[1-9][0-9]{0,2}$", description: "entries a page, 50 when left out, at most 100" }),
  ),
};

export const Total = Type.Integer({ description: "entries on all pages" });

const sizeDefault = 50;
const sizeMax = 100;

export function numberedPageOf(query: { readonly page?: string; readonly limit?: string }): Page {
  return { number: Number(query.page ?? 1), size: Math.min(Number(query.limit ?? sizeDefault), sizeMax) };
}
