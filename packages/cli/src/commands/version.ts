import { readFile } from "node:fs/promises";
import type { Command } from "../command-line/command.ts";
import { renderHelp } from "../command-line/render-help.ts";

/** The version in the package's own manifest, one folder above the compiled code and the source alike. */
export async function ownVersion(): Promise<string> {
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

export const versionCommand: Command = {
  help: () => renderHelp({ usage: "ingot version", text: "Prints the version of Ingot and of Node.", flags: [] }),
  async run(call) {
    call.print(`ingot ${await ownVersion()} (node ${process.versions.node}, ${process.platform}-${process.arch})`);
    return 0;
  },
};
