import { Type } from "typebox";
import { Value } from "typebox/value";
import { CommandError, UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { parseFlags } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { findConnection, requireToken } from "../connection/connection.ts";
import { createHttpClient } from "../connection/http-client.ts";

const ReplySchema = Type.Object({ name: Type.String(), token: Type.String() });
const RefusalSchema = Type.Object({ message: Type.String() });

export const runnerTokenCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot runner-token [FLAGS] NAME",
      text:
        "Prints a new token for the runner NAME, for `ingot runner --token-file`. The token that this runner had before " +
        "ends. Needs an administrator's token.",
      flags: bootstrapFlags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(bootstrapFlags, call.args);
  const [name, surplus] = parsed.positionals;
  if (name === undefined || surplus !== undefined) throw new UsageError("ingot runner-token takes one NAME.");
  const connection = await findConnection({
    flags: parsed,
    environment: call.environment,
    workingDirectory: call.workingDirectory,
  });
  const authorization = `Bearer ${requireToken(connection)}`;
  const http = createHttpClient(connection.ca);
  try {
    const answer = await http.send(`${connection.url}/api/v1/runner-tokens`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
    if (!Value.Check(ReplySchema, answer.json)) {
      const why = Value.Check(RefusalSchema, answer.json) ? answer.json.message : answer.text.slice(0, 200);
      throw new CommandError(`No token was made (HTTP ${answer.status}): ${why}`);
    }
    call.print(answer.json.token);
    return 0;
  } finally {
    await http.close();
  }
}
