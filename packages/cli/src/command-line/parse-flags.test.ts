import { describe, expect, it } from "vitest";
import { flagSwitch, flagText, flagTexts, parseFlags, type Flag } from "./parse-flags.ts";

const flags: readonly Flag[] = [
  { name: "listen", kind: "text", placeholder: "HOST:PORT", description: "" },
  { name: "var", kind: "text", repeats: true, description: "" },
  { name: "runner", kind: "switch", description: "" },
];

describe("flags", () => {
  it("reads values after a space and after an equals sign, and keeps later ones of a flag that repeats in order", () => {
    const parsed = parseFlags(flags, ["--listen", "::1:80", "--var=a=1,2", "dir", "--var", "b=-2"]);
    expect(flagText(parsed, "listen")).toBe("::1:80");
    expect(flagTexts(parsed, "var")).toEqual(["a=1,2", "b=-2"]);
    expect(parsed.positionals).toEqual(["dir"]);
  });

  it.each([
    [["--runner"], true],
    [["--no-runner"], false],
    [["--runner=false"], false],
    [["--no-runner", "--runner"], true],
    [[], false],
  ])("reads the switch %j as %s", (args, expected) => {
    expect(flagSwitch(parseFlags(flags, args), "runner")).toBe(expected);
  });

  it("takes everything after -- as it is", () => {
    expect(parseFlags(flags, ["--", "--listen"]).positionals).toEqual(["--listen"]);
  });

  it.each([
    [["--lisen", "x"], "--lisen is not a flag here. Known flags: --listen, --var, --runner."],
    [["-l"], "-l is not a flag here. Known flags: --listen, --var, --runner."],
    [["--no-listen"], "--no-listen is not a flag here. Known flags: --listen, --var, --runner."],
    [["--listen"], "--listen needs a value: --listen HOST:PORT."],
    [["--no-runner=1"], "--no-runner takes no value."],
    [["--listen=a:1", "--listen=b:1"], "--listen was given twice; give it once."],
  ])("refuses %j", (args, message) => {
    expect(() => parseFlags(flags, args)).toThrow(message);
  });
});
