import type { Static, TSchema } from "typebox";
import type { Actor, Permission, Place } from "../../features/access/index.ts";
import type { BucketRef } from "../../features/buckets/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { RpcRefusal } from "../shared/rpc-status.ts";
import { ok, type Call, type Method, type Route } from "../shared/plane.ts";

/** A call of one operation, with the place that its path names. */
export interface OperationCall<Body> {
  /** Its name in the published specification. */
  readonly operation: string;
  readonly actor: Actor;
  readonly place: Place;
  /** The bucket of the path; empty name on routes without one. */
  readonly bucket: BucketRef;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Body;
  /** What the client says it is, such as `packer/1.16.0 hcp-go-sdk/0.174.0`; empty when it does not say. */
  readonly client: string;
  /** Tells the audit trail what path and answer do not say. */
  readonly note: Call["note"];
}

export interface Operation<Schema extends TSchema> {
  /** Operation id of the published specification, without the name of the service. */
  readonly name: string;
  readonly method: Method;
  /** The date of the API. Default: that of the published specification. */
  readonly api?: string;
  /** Below the project. */
  readonly path: string;
  readonly needs: Permission;
  readonly body?: Schema;
  readonly bodyBytesMax?: number;
  /** As {@link Route.work}. */
  readonly work?: NonNullable<Route["work"]>;
  /** As {@link Route.reads}. */
  readonly reads?: true;
  /** The body of the answer. */
  readonly handle: (call: OperationCall<Static<Schema>>) => Promise<unknown>;
  /** What this operation calls a refusal, where that does not follow from its kind. */
  readonly reword?: (error: DomainError, call: OperationCall<Static<Schema>>) => DomainError;
}

const project = "/organizations/:organization_id/projects/:project_id";

/** A row of the plane's table. */
export function operation<Schema extends TSchema>(row: Operation<Schema>): Route {
  return {
    method: row.method,
    path: `/${row.api ?? "2023-01-01"}${project}${row.path}`,
    needs: row.needs,
    audit: row.name,
    ...(row.body === undefined ? {} : { body: row.body }),
    ...(row.work === undefined ? {} : { work: row.work }),
    ...(row.reads === undefined ? {} : { reads: row.reads }),
    ...(row.bodyBytesMax === undefined ? {} : { bodyBytesMax: row.bodyBytesMax }),
    async handle(call) {
      const { organization_id: organizationId = "", project_id: projectId = "" } = call.params;
      const place = { organizationId, projectId };
      const input: OperationCall<Static<Schema>> = {
        operation: row.name,
        actor: call.actor,
        place,
        bucket: { ...place, name: call.params["bucket_name"] ?? "" },
        params: call.params,
        query: call.query,
        body: call.body as Static<Schema>,
        client: String(call.request.headers["x-hcp-source-channel"] ?? ""),
        note: call.note,
      };
      try {
        return ok(await row.handle(input));
      } catch (error) {
        if (!(error instanceof DomainError) || error instanceof RpcRefusal) throw error;
        const reworded = row.reword?.(error, input) ?? error;
        throw reworded instanceof RpcRefusal ? reworded : inWireWords(reworded);
      }
    },
  };
}

// Texts as observed on the live service; scripts and the provider's tests match on them.
const prefixed = new Set([
  "bucket_not_found",
  "bucket_exists",
  "channel_not_found",
  "channel_exists",
  "project_not_found",
  "version_not_found",
]);

function inWireWords(error: DomainError): DomainError {
  if (prefixed.has(error.code)) {
    return error.kind === "conflict"
      ? refuse(error, 6, 409, `Error: ${error.message}`)
      : refuse(error, 5, 404, `Error: ${error.message}`);
  }
  // Reported as HTTP 400 although the code stands for a conflict.
  if (error.code === "parent_version_set" || error.code === "parent_channel_set") {
    return refuse(error, 6, 400, error.message);
  }
  return error;
}

/** The same refusal under another code, HTTP status and text. */
export function refuse(error: DomainError, code: number, status: number, message: string): RpcRefusal {
  return new RpcRefusal(error, { code, status, message });
}
