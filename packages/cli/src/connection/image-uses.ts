import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { CommandError } from "../command-line/command.ts";
import { requireToken, type Connection } from "./connection.ts";
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
}

/** Which resource in which workspace uses which image, as the server knows it now; every page. */
export async function listImageUses(
  http: HttpClient,
  connection: Pick<Connection, "url" | "token">,
  question: ImageUseQuestion = {},
): Promise<readonly ImageUse[]> {
  const token = requireToken(connection);
  const uses: ImageUse[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ ...question, limit: "1000", ...(after === null ? {} : { after }) });
    const answer = await http.send(`${connection.url}/api/v1/image-uses?${query.toString()}`, {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    });
    if (answer.status !== 200) {
      const message = (answer.json as { message?: string } | undefined)?.message ?? answer.text.slice(0, 200);
      throw new CommandError(`The server does not list image uses (HTTP ${answer.status}): ${message}`);
    }
    if (!Value.Check(PageSchema, answer.json)) {
      throw new CommandError(`${connection.url} answered something else than image uses; is it an Ingot?`);
    }
    uses.push(...answer.json.image_uses);
    after = answer.json.next;
  } while (after !== null);
  return uses;
}
