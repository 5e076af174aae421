import type { FastifyRequest } from "fastify";
import { isDatabaseAbsent, isForeignKeyViolation } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";

/** Whatever a request fails with, in words for its caller; unavailable/internal for a mistake of the server. */
export function knownError(error: unknown, request: FastifyRequest): DomainError {
  return (
    toDomainError(error) ??
    deletedMeanwhile(error) ??
    withoutDatabase(error) ??
    new DomainError(
      "unavailable",
      "internal",
      `The server made a mistake; nothing was changed by it. Request ${request.id}.`,
    )
  );
}

/** Whatever a use case has read, somebody can delete before it writes; those with a better word for it say it themselves. */
function deletedMeanwhile(error: unknown): DomainError | undefined {
  if (!isForeignKeyViolation(error)) return undefined;
  return new DomainError(
    "conflict",
    "deleted_meanwhile",
    "Something that the request refers to was deleted at the same moment. Nothing was changed; read it again.",
  );
}

/** Blobs in S3 fail in the same words, and are as far away. */
function withoutDatabase(error: unknown): DomainError | undefined {
  if (!isDatabaseAbsent(error)) return undefined;
  return new DomainError(
    "unavailable",
    "storage_unreachable",
    "The server cannot reach its database or its storage at this moment. Whether the request took effect is not known: read what it was about, and try again.",
  );
}

interface FastifyError extends Error {
  code?: string;
  statusCode?: number;
  validation?: { instancePath: string; message?: string; params: Record<string, unknown> }[];
  validationContext?: string;
}

/** Fastify's own refusals in our words; undefined for everything that is a mistake of the server. */
function toDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  const known = error as FastifyError;
  if (known.validation !== undefined) {
    const first = known.validation[0];
    const where = `${known.validationContext ?? "body"}${(first?.instancePath ?? "").replaceAll("/", ".")}`;
    return new DomainError("invalid", "schema", `${where} ${first?.message ?? "is not valid"}.`);
  }
  switch (known.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new DomainError("too_large", "body_too_large", "The body is larger than this route accepts.");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new DomainError("unsupported", "media_type", "The body has a media type that this route does not read.");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new DomainError("invalid", "content_length", "The body is not as long as its Content-Length says.");
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return new DomainError("invalid", "empty_body", "The body is empty; send JSON.");
    default:
      return known.statusCode !== undefined && known.statusCode >= 400 && known.statusCode < 500
        ? new DomainError("invalid", "bad_request", known.message)
        : undefined;
  }
}
