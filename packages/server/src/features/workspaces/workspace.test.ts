import { describe, expect, it } from "vitest";
import { checkWorkingDirectory, runDirectory } from "./workspace.ts";

describe("a working directory", () => {
  it.each([
    ["", ""],
    [".", ""],
    ["./env/prod/", "env/prod"],
    ["/db", "db"],
    ["/", ""],
  ])("%j is %j of the configuration", (workingDirectory, expected) => {
    checkWorkingDirectory(workingDirectory);
    expect(runDirectory({ workingDirectory })).toBe(expected);
  });

  it.each(["../x", "a/../../b", "//etc", "/../etc", "a\\b"])("%j, which could lead out, is refused", (directory) => {
    expect(() => checkWorkingDirectory(directory)).toThrow(expect.objectContaining({ code: "working_directory" }));
  });
});
