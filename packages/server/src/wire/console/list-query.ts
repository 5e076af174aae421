import { Type, type TSchema } from "typebox";

/** The part of a query that every list has. */
export const pageQuery = {
  after: Type.Optional(Type.String({ maxLength: 4096, description: "the `next` of the page before" })),
  limit: Type.Optional(
    Type.String({ pattern: "^[0-9]{1,4}$", description: "entries a page, 100 when left out, at most 1000" }),
  ),
};

const pageSizeDefault = 100;
const pageSizeMax = 1000;

export function limitOf(limit: string | undefined): number {
  return Math.min(Math.max(Number(limit ?? pageSizeDefault), 1), pageSizeMax);
}

/** `null` beside a type, as OpenAPI 3.1 writes it. */
export const Nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);

export const Time = Type.String({ format: "date-time", description: "RFC 3339, UTC" });

export const WorkspaceRef = Type.Object({ id: Type.String(), name: Type.String() });
