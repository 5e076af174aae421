import { Type, type Static } from "typebox";
import { createRunnerToken } from "../../features/principals/index.ts";
import type { Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";

const RunnerTokenBody = Type.Object(
  { name: Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$" }) },
  { additionalProperties: false },
);

const RunnerTokenSchema = Type.Object({ name: Type.String(), token: Type.String({ description: "shown this once" }) });

export function runnerTokenRoutes(deps: ConsoleDeps): Route[] {
  return [
    {
      method: "POST",
      path: "/runner-tokens",
      needs: "runner:manage",
      audit: "runner-token.create",
      doc: { summary: "Make the token of one more runner", reply: RunnerTokenSchema, status: 201 },
      body: RunnerTokenBody,
      handle: async ({ actor, body }) => {
        const { name } = body as Static<typeof RunnerTokenBody>;
        const token = await createRunnerToken(deps, { organizationId: actor.organizationId, name });
        return { status: 201, body: { name, token } };
      },
    },
  ];
}
