import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { CommandError } from "../command-line/command.ts";
import type { Connection } from "./connection.ts";
import type { HttpClient } from "./http-client.ts";

const NullableText = Type.Optional(Type.Union([Type.String(), Type.Null()]));

export const ImageUseSchema = Type.Object({
  workspace: Type.Object({ id: Type.String(), name: Type.String() }),
  resource: Type.String(),
  attribute: Type.String(),
  external_identifier: Type.String(),
  bucket: NullableText,
  version: NullableText,
  fingerprint: NullableText,
  status: Type.String(),
  channel: NullableText,
});
export type ImageUse = Static<typeof ImageUseSchema>;

const AnswerSchema = Type.Object({ image_uses: Type.Array(ImageUseSchema) });

/** Which resource in which workspace uses which image, as the server knows it now. */
export async function listImageUses(http: HttpClient, connection: Connection): Promise<readonly ImageUse[]> {
  if (connection.token === undefined) {
    throw new CommandError(
      "INGOT_TOKEN is not set. Set all that `ingot env` prints, or name a server with --bootstrap-file.",
    );
  }
  const answer = await http.send(`${connection.url}/api/v1/image-uses`, {
    headers: { authorization: `Bearer ${connection.token}`, accept: "application/json" },
  });
  if (answer.status !== 200) {
    const message = (answer.json as { message?: string } | undefined)?.message ?? answer.text.slice(0, 200);
    throw new CommandError(`The server does not list image uses (HTTP ${answer.status}): ${message}`);
  }
  if (!Value.Check(AnswerSchema, answer.json)) {
    throw new CommandError(
      `${connection.url}/api/v1/image-uses answered something else than image uses; is it an Ingot?`,
    );
  }
  return answer.json.image_uses;
}
