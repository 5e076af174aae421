import { Type, type Static } from "typebox";
import { callApi } from "./call-api.ts";
import type { Connection } from "./connection.ts";
import type { HttpClient } from "./http-client.ts";

const TextOrNull = Type.Union([Type.String(), Type.Null()]);

const ImageUseSchema = Type.Object({
  workspace: Type.Object({ id: Type.String(), name: Type.String() }),
  resource: Type.String(),
  attribute: Type.String(),
  external_identifier: Type.String(),
  bucket: TextOrNull,
  version: TextOrNull,
  fingerprint: TextOrNull,
  /** `current`, `behind`, `scheduled`, `revoked`, `unknown` or `untracked`. */
  status: Type.String(),
  channel: TextOrNull,
  /** What the channel points at now. */
  channel_version: TextOrNull,
  revoke_at: TextOrNull,
  revocation_message: TextOrNull,
  behind_since: TextOrNull,
  /** Set when the question named an image that this one descends from. */
  descends_from: Type.Union([Type.Object({ bucket: Type.String(), version: Type.String() }), Type.Null()]),
});
export type ImageUse = Static<typeof ImageUseSchema>;

const PageSchema = Type.Object({ image_uses: Type.Array(ImageUseSchema), next: TextOrNull });

export interface ImageUseQuestion {
  /** Uses of this image and of everything that descends from it. */
  readonly bucket?: string;
  /** Narrows `bucket`, such as `v3`. */
  readonly version?: string;
  readonly identifier?: string;
  /** The id of a workspace. */
  readonly workspace?: string;
  /** One status, or several with commas. */
  readonly status?: string;
}

/** Which resource in which workspace uses which image, as the server knows it now; every page. */
export async function listImageUses(
  http: HttpClient,
  connection: Pick<Connection, "url" | "token">,
  question: ImageUseQuestion = {},
): Promise<readonly ImageUse[]> {
  const uses: ImageUse[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ ...question, limit: "1000", ...(after === null ? {} : { after }) });
    const path = `/image-uses?${query.toString()}`;
    const page: Static<typeof PageSchema> = await callApi({ http, connection }, { path }, PageSchema);
    uses.push(...page.image_uses);
    after = page.next;
  } while (after !== null);
  return uses;
}
