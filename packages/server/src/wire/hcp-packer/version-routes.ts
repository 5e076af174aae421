import { Type, type Static } from "typebox";
import {
  completeVersion,
  findVersionContents,
  getVersionContent,
  listBuildsByVersion,
} from "../../features/builds/index.ts";
import { getBucket, getProjectOf } from "../../features/buckets/index.ts";
import {
  deleteVersion,
  parseDurationMs,
  restoreVersion,
  revokeVersion,
  type VersionRef,
} from "../../features/revocation/index.ts";
import {
  createVersion,
  getVersion,
  listVersions,
  type Version,
  type VersionOrder,
} from "../../features/versions/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Route } from "../shared/plane.ts";
import { operation, refuse, type OperationCall } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { pageOrder, parsePage, parseSorting, presentPagination } from "./page.ts";
import { presentFinishedOperation } from "./present-operation.ts";
import { presentVersion } from "./present-version.ts";
import { given, textGiven } from "./request-body.ts";
import { parseWord, templateTypeWords } from "./wire-words.ts";

const versionOrders: readonly VersionOrder[] = ["created_at", "updated_at", "fingerprint"];

const updateVersionBody = Type.Object({
  complete: given(Type.Boolean()),
  revocation_message: given(Type.String({ maxLength: 4096 })),
  revoke_at: given(Type.String()),
  revoke_in: given(Type.String()),
  restore: given(Type.Boolean()),
  skip_descendants_revocation: given(Type.Boolean()),
  disable_rollback_channels: given(Type.Boolean()),
});
type UpdateVersionBody = Static<typeof updateVersionBody>;

export function versionRoutes(deps: HcpPackerDeps): Route[] {
  return [
    operation({
      name: "ListVersions",
      method: "GET",
      path: "/buckets/:bucket_name/versions",
      needs: "registry:read",
      async handle(call) {
        const { actor, place, bucket, query } = call;
        const sorting = parseSorting(query, versionOrders, { field: "created_at", descending: true });
        const order = pageOrder(deps, call, sorting);
        const page = parsePage(query, order);
        const { id } = await getBucket(deps.db, actor, bucket);
        const cut = await listVersions(deps.db, { bucketId: id, page, sorting });
        const builds = await listBuildsByVersion(
          deps.db,
          cut.items.map((version) => version.id),
        );
        const presentation = { place, now: deps.now() };
        return {
          versions: cut.items.map((version) => presentVersion(version, builds.get(version.id) ?? [], presentation)),
          pagination: presentPagination(cut, order),
        };
      },
    }),

    operation({
      name: "CreateVersion",
      method: "POST",
      path: "/buckets/:bucket_name/versions",
      needs: "registry:write",
      body: Type.Object({ fingerprint: Type.String(), template_type: given(Type.String()) }),
      async handle(call) {
        const { actor, bucket, body } = call;
        const templateType = textGiven(body.template_type);
        const version = await createVersion(deps, actor, bucket, {
          fingerprint: body.fingerprint,
          templateType:
            templateType === undefined ? "unset" : parseWord(templateTypeWords, "template_type", templateType),
        });
        return { version: await present(deps, call, version) };
      },
    }),

    operation({
      name: "GetVersion",
      method: "GET",
      path: "/buckets/:bucket_name/versions/:fingerprint",
      needs: "registry:read",
      async handle(call) {
        const bucket = await getBucket(deps.db, call.actor, call.bucket);
        const key = { bucketId: bucket.id, fingerprint: versionRef(call).fingerprint };
        const { version, builds } = await getVersionContent(deps.db, key);
        return { version: presentVersion(version, builds, { place: call.place, now: deps.now() }) };
      },
      // Packer makes a version only on code 10; code 5 here makes it give up. Source: packer,
      // internal/hcp/registry/types.bucket.go.
      reword: (error, call) => (error.kind === "not_found" ? versionAborted(error, call) : error),
    }),

    operation({
      name: "UpdateVersion",
      method: "PATCH",
      path: "/buckets/:bucket_name/versions/:fingerprint",
      needs: "version:revoke",
      body: updateVersionBody,
      async handle(call) {
        await getProjectOf(deps.db, call.actor, call.place);
        const { version, operates } = await updateVersion(deps, call);
        return {
          version: await present(deps, call, version),
          operation: operates ? presentFinishedOperation(call.place, deps.now()) : null,
        };
      },
      reword: (error, call) =>
        error.code === "version_not_found" || error.code === "project_not_found" ? versionAborted(error, call) : error,
    }),

    operation({
      name: "DeleteVersion",
      method: "DELETE",
      path: "/buckets/:bucket_name/versions/:fingerprint",
      needs: "registry:write",
      async handle(call) {
        await deleteVersion(deps, call.actor, versionRef(call), {
          rollsBackUserChannels: parseFlag("rollback_channels", call.query["rollback_channels"]),
        });
        return {};
      },
    }),
  ];
}

export function versionRef(call: OperationCall<unknown>): VersionRef {
  return { ...call.bucket, fingerprint: call.params["fingerprint"] ?? "" };
}

function versionAborted(error: DomainError, call: OperationCall<unknown>): DomainError {
  return refuse(error, 10, 409, `Version with fingerprint ${call.params["fingerprint"] ?? ""} not found`);
}

async function present(deps: HcpPackerDeps, call: OperationCall<unknown>, version: Version) {
  const content = (await findVersionContents(deps.db, [version.id])).get(version.id);
  return presentVersion(version, content?.builds ?? [], { place: call.place, now: deps.now() });
}

/** One of the three acts of the operation, or none. `operates` where the specification answers with an operation. */
async function updateVersion(
  deps: HcpPackerDeps,
  call: OperationCall<UpdateVersionBody>,
): Promise<{ version: Version; operates: boolean }> {
  const { actor, body } = call;
  const ref = versionRef(call);
  const now = deps.now();
  const revokeAt = parseRevocationTime(body, now);
  if ([body.complete === true, body.restore === true, revokeAt !== undefined].filter(Boolean).length > 1) {
    throw new DomainError(
      "invalid",
      "several_acts",
      "A request can do one thing: complete, restore, or revoke with revoke_at or revoke_in.",
    );
  }
  if (revokeAt !== undefined) {
    const version = await revokeVersion(deps, actor, ref, {
      revokeAt,
      message: body.revocation_message ?? "",
      cascades: body.skip_descendants_revocation !== true,
      rollsBackUserChannels: body.disable_rollback_channels !== true,
    });
    return { version, operates: true };
  }
  if (textGiven(body.revocation_message) !== undefined) {
    throw new DomainError("invalid", "revocation_message", "revocation_message needs revoke_at or revoke_in.");
  }
  if (body.restore === true) return { version: await restoreVersion(deps, actor, ref), operates: true };
  if (body.complete === true) return { version: await completeVersion(deps, actor, ref), operates: false };
  const bucket = await getBucket(deps.db, actor, ref);
  const version = await getVersion(deps.db, { bucketId: bucket.id, fingerprint: ref.fingerprint });
  return { version, operates: false };
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
// What Go clients send for a date that was never set.
const goZeroDate = /^0001-01-01T00:00:00(\.0+)?Z$/;

function parseRevocationTime(body: UpdateVersionBody, now: Millis): Millis | undefined {
  const given = textGiven(body.revoke_at);
  const at = given !== undefined && goZeroDate.test(given) ? undefined : given;
  const within = textGiven(body.revoke_in);
  if (at !== undefined && within !== undefined) {
    throw new DomainError("invalid", "revoke_twice", "Only one of revoke_at and revoke_in can be given.");
  }
  if (within !== undefined) return now + parseDurationMs(within);
  if (at === undefined) return undefined;
  const time = rfc3339.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new DomainError(
      "invalid",
      "revoke_at",
      "revoke_at is a time as RFC 3339 has it, such as 2030-01-31T12:00:00Z.",
    );
  }
  return time;
}

function parseFlag(name: string, value: unknown): boolean {
  if (value === undefined || value === "" || value === "false") return false;
  if (value === "true") return true;
  throw new DomainError("invalid", "flag", `${name} is true or false.`);
}
