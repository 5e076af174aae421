import { Type, type Static } from "typebox";
import { callApi, type Api } from "../connection/call-api.ts";

/** The members that a table needs; whatever else a record has is passed on as it came. */
export const AuditRecordSchema = Type.Object({
  trail: Type.String(),
  sequence: Type.Integer(),
  at: Type.String(),
  actor: Type.Object({ kind: Type.String(), name: Type.Union([Type.String(), Type.Null()]) }),
  action: Type.String(),
  resource: Type.Union([
    Type.Object({
      kind: Type.String(),
      id: Type.Union([Type.String(), Type.Null()]),
      name: Type.Union([Type.String(), Type.Null()]),
    }),
    Type.Null(),
  ]),
  outcome: Type.String(),
  code: Type.Union([Type.String(), Type.Null()]),
});
export type AuditRecord = Static<typeof AuditRecordSchema>;

const PageSchema = Type.Object({
  records: Type.Array(AuditRecordSchema),
  next: Type.Union([Type.String(), Type.Null()]),
});

const HeadsSchema = Type.Object({
  heads: Type.Array(Type.Object({ trail: Type.String(), sequence: Type.Integer(), hash: Type.String() })),
});

const pageSize = 500;

/** All records that fit, page by page as the caller takes them; at most `limit`. */
export async function* readAuditRecords(
  api: Api,
  filter: Readonly<Record<string, string>>,
  limit: number,
): AsyncGenerator<AuditRecord> {
  let after: string | null = null;
  for (let left = limit; left > 0;) {
    const query: URLSearchParams = new URLSearchParams({
      ...filter,
      limit: String(Math.min(left, pageSize)),
      ...(after === null ? {} : { after }),
    });
    const page: Static<typeof PageSchema> = await callApi(
      api,
      { path: `/audit-records?${query.toString()}` },
      PageSchema,
    );
    yield* page.records;
    left -= page.records.length;
    after = page.next;
    if (after === null) return;
  }
}

export async function readAuditHeads(api: Api): Promise<Static<typeof HeadsSchema>["heads"]> {
  return (await callApi(api, { path: "/audit-heads" }, HeadsSchema)).heads;
}
