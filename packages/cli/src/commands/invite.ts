import { Type } from "typebox";
import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, flagText, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { callApi } from "../connection/call-api.ts";
import { withApi } from "../connection/with-api.ts";

const InvitedSchema = Type.Object({
  link: Type.String(),
  member: Type.Object({
    id: Type.String(),
    email: Type.String(),
    invitation: Type.Object({ expires_at: Type.String(), mail_state: Type.String() }),
  }),
});

const flags: readonly Flag[] = [
  ...bootstrapFlags,
  {
    name: "organization",
    kind: "text",
    placeholder: "NAME",
    description: "the organization to join (default: the one that the token belongs to)",
  },
  {
    name: "team",
    kind: "text",
    placeholder: "NAME",
    repeats: true,
    description: "a team that the person will be in; may be repeated",
  },
  { name: "json", kind: "switch", description: "print the server's answer as JSON" },
];

export const inviteCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot invite [FLAGS] EMAIL",
      text:
        "Invites a person to an organization and prints the link by which it joins: hand it on to that person alone, " +
        "since whoever opens it first joins. Where the server sends mail, one goes out too. Needs a token of somebody " +
        "who manages the members.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [email, surplus] = parsed.positionals;
  if (email === undefined || surplus !== undefined) throw new UsageError("ingot invite takes one EMAIL.");
  const organization = flagText(parsed, "organization");
  const teams = parsed.values.get("team") ?? [];
  return withApi(call, parsed, async (api) => {
    const body = {
      email,
      ...(organization === undefined ? {} : { organization }),
      ...(teams.length === 0 ? {} : { team_names: teams }),
    };
    const invited = await callApi(api, { method: "POST", path: "/members", body }, InvitedSchema);
    if (flagSwitch(parsed, "json")) {
      call.print(JSON.stringify(invited, null, 2));
      return 0;
    }
    const { expires_at: end, mail_state: mail } = invited.member.invitation;
    call.report(
      `${invited.member.email} is invited until ${end}${mail === "none" ? "" : "; a mail goes out"}. The link:`,
    );
    call.print(invited.link);
    return 0;
  });
}
