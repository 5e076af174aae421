import { expect, it } from "vitest";
import { runInGroup, type GroupOptions } from "./process-group.ts";

const never = new AbortController().signal;

function options(script: string, more: Partial<GroupOptions> = {}): GroupOptions {
  return {
    command: "/bin/sh",
    args: ["-c", script],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    onOutput: () => undefined,
    interrupted: never,
    killed: never,
    ...more,
  };
}

it("nothing is read while the reader asks to wait, and nothing is lost", async () => {
  let bytes = 0;
  let waiting = false;
  let disobeyed = 0;
  const exit = await runInGroup(
    options("head -c 3000000 /dev/zero; echo end", {
      onOutput(chunk) {
        bytes += chunk.length;
        if (waiting) disobeyed++;
        waiting = true;
        return new Promise((resolve) =>
          setImmediate(() => {
            waiting = false;
            resolve();
          }),
        );
      },
    }),
  );
  expect(exit).toEqual({ code: 0, signal: null });
  expect(bytes).toBe(3_000_004);
  // What is left in the pipe when the process has ended is taken at once.
  expect(disobeyed).toBeLessThan(10);
});

it("a command that does not exist is told as one that failed", async () => {
  let text = "";
  const onOutput = (chunk: Buffer) => {
    text += chunk.toString();
    return undefined;
  };
  const exit = await runInGroup(options("", { command: "/does/not/exist", onOutput }));
  expect(exit.code).toBe(127);
  expect(text).toContain("/does/not/exist");
});

it("an environment is exactly what was given", async () => {
  let text = "";
  await runInGroup(
    options("", {
      command: "/usr/bin/env",
      args: [],
      env: { ONLY: "this" },
      onOutput(chunk) {
        text += chunk.toString();
        return undefined;
      },
    }),
  );
  expect(text.split("\n").filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line))).toEqual(["ONLY=this", ""]);
});
