import { Type, type Static } from "typebox";
import { allowLogin } from "../../features/logins/index.ts";
import { ok, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";

const text = (max: number) => Type.String({ minLength: 1, maxLength: max });

const LoginBody = Type.Object(
  {
    client_id: text(100),
    response_type: Type.Literal("code"),
    redirect_uri: text(200),
    state: text(500),
    code_challenge: text(128),
    code_challenge_method: Type.Literal("S256"),
    scope: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
);

const LoginReply = Type.Object({
  redirect_to: Type.String({ description: "where the program waits for the answer, which is part of this address" }),
});

/** The page on which a person allows `terraform login` or `tofu login` a token of theirs. */
export function loginRoutes(deps: ConsoleDeps): Route[] {
  return [
    {
      method: "POST",
      path: "/logins",
      // Whoever belongs to an organization; that it is a person is checked where the code is made.
      needs: "organization:read",
      audit: "login.allow",
      doc: {
        summary: "Allow a command line a token",
        description:
          "What terraform login and tofu login have put into the address of the page that they opened. The code in the answer works once, for a minute, and only for the program that asked.",
        reply: LoginReply,
      },
      body: LoginBody,
      handle: async ({ actor, body, note }) => {
        const request = body as Static<typeof LoginBody>;
        note({ detail: { client_id: request.client_id } });
        return ok({ redirect_to: await allowLogin(deps, actor, request) });
      },
    },
  ];
}
