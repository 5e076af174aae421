import type { FastifyInstance } from "fastify";
import { DomainError } from "../../platform/errors.ts";

/** What a plane's requests may bring. */
export interface BodyTypes {
  /** Request media types that hold JSON. Anything else is refused with `unsupported/media_type`, except where `rawBodies` is set. */
  readonly jsonTypes: readonly string[];
  /** Bodies of any type arrive as a Buffer. */
  readonly rawBodies?: boolean;
  /** Form-encoded bodies arrive as an object of strings. */
  readonly formBodies?: boolean;
}

/** Reads bodies as the plane says; errors are in the plane's own words. */
export function setBodyParsers(scope: FastifyInstance, types: BodyTypes): void {
  scope.removeAllContentTypeParsers();
  if (types.rawBodies === true) {
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    return;
  }
  for (const type of types.jsonTypes) {
    scope.addContentTypeParser(type, { parseAs: "string" }, (_request, body, done) => {
      // Clients announce JSON on writes that have no body. Source: go-openapi/runtime, go-tfe unlock.
      if (body === "") return done(null, undefined);
      try {
        done(null, parseJson(body as string));
      } catch (error) {
        done(error as Error);
      }
    });
  }
  if (types.formBodies === true) {
    scope.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) => {
      const form = Object.fromEntries(new URLSearchParams(body as string));
      try {
        refuseNul(form);
        done(null, form);
      } catch (error) {
        done(error as Error);
      }
    });
  }
  scope.addContentTypeParser("*", (request, payload, done) => {
    const { streamTypes = [] } = request.routeOptions.config;
    if (streamTypes.includes(request.headers["content-type"] ?? "")) return done(null, payload);
    payload.resume();
    if (request.headers["content-length"] === "0" || request.headers["content-type"] === undefined)
      return done(null, undefined);
    done(
      new DomainError(
        "unsupported",
        "media_type",
        `The body has the media type ${JSON.stringify(request.headers["content-type"])}; send ${[...(streamTypes.length > 0 ? streamTypes : types.jsonTypes)].join(" or ")}.`,
      ),
    );
  });
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text, (key, member: unknown) => (key === "__proto__" ? undefined : member));
  } catch (error) {
    throw new DomainError("invalid", "malformed_json", `The body is not valid JSON: ${(error as Error).message}`);
  }
  if (text.includes("\\u0000") && JSON.stringify(value).includes("\\u0000")) {
    // PostgreSQL cannot store it in text, SQLite would cut the value there.
    throw new DomainError(
      "invalid",
      "nul_character",
      "The body has a text with a NUL character, which cannot be stored.",
    );
  }
  return value;
}

/** PostgreSQL cannot compare a text with a NUL character to anything, SQLite would cut it there. */
export function refuseNul(...inputs: readonly unknown[]): void {
  if (
    !inputs.some((input) =>
      Object.values(input ?? {})
        .flat()
        .some(hasNul),
    )
  )
    return;
  throw new DomainError("invalid", "nul_character", "The request has a text with a NUL character.");
}

function hasNul(value: unknown): boolean {
  return typeof value === "string" && value.includes("\u0000");
}
