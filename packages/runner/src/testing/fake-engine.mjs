// Stands in for tofu in tests. It does what `scenario.json` in the working directory says, a list of steps per command:
//   {"print": text} {"warn": text} {"lines": n} {"env": true} {"cat": variable} (the file it names) {"state": any} {"rawState": text} {"file": [path, text]} {"append": [path, text]}
//   {"note": path} (its process id) {"wait": path} (until the file exists) {"hang": true} {"ignoreInterrupt": true}
//   {"child": path, "away": bool} (a child that holds the pipe, in a session of its own when away) {"exit": n} {"crash": signal}
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [command, ...args] = process.argv.slice(2);
let interrupts = 0;
let ignoring = false;
process.on("SIGINT", () => {
  print(`- engine: interrupt ${++interrupts}\n`);
  if (!ignoring) process.exit(1);
});

if (command === "version") {
  print(JSON.stringify({ terraform_version: process.env.FAKE_VERSION ?? "99.0.0" }));
} else {
  const scenario = JSON.parse(readFileSync("scenario.json", "utf8"));
  if (command === "plan") {
    const out = args.find((arg) => arg.startsWith("-out=")).slice("-out=".length);
    writeFileSync(out, JSON.stringify(scenario.planJson ?? {}));
    print(`engine: plan ${args.filter((arg) => !arg.startsWith("-out=")).join(" ")}\n`);
  }
  if (command === "show") print(readFileSync(args.at(-1), "utf8"));
  for (const step of scenario[command] ?? []) await run(step);
}

async function run(step) {
  if ("print" in step) print(step.print);
  if ("warn" in step) writeAll(2, step.warn);
  if ("lines" in step) for (let i = 0; i < step.lines; i += 500) print(manyLines(i, Math.min(step.lines, i + 500)));
  if ("cat" in step) print(`${readFileSync(process.env[step.cat], "utf8")}\n`);
  if ("env" in step) print(`${JSON.stringify(process.env)}\n`);
  if ("state" in step) writeState(JSON.stringify(step.state));
  if ("rawState" in step) writeState(step.rawState);
  if ("file" in step) writeFileSync(step.file[0], step.file[1]);
  if ("append" in step) appendFileSync(step.append[0], step.append[1]);
  if ("note" in step) writeFileSync(step.note, String(process.pid));
  if ("ignoreInterrupt" in step) ignoring = true;
  if ("wait" in step) while (!existsSync(step.wait)) await sleep(10);
  if ("hang" in step) await sleep(600_000);
  if ("child" in step) {
    const child = spawn("/bin/sleep", ["600"], {
      stdio: ["ignore", "inherit", "inherit"],
      detached: step.away === true,
    });
    child.unref();
    writeFileSync(step.child, String(child.pid));
  }
  if ("crash" in step) process.kill(process.pid, step.crash);
  if ("exit" in step) process.exit(step.exit);
}

function print(text) {
  writeAll(1, text);
}

/** As engines do: waits while the pipe is full. */
function writeAll(fd, text) {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function manyLines(from, to) {
  let text = "";
  for (let i = from; i < to; i++) text += `line ${String(i).padStart(7, "0")} ${"x".repeat(60)}\n`;
  return text;
}

function writeState(text) {
  const [override] = ["zzz_ingot_override.tf"].map((name) => readFileSync(name, "utf8"));
  const workspaces = /workspace_dir = "([^"]*)"/.exec(override)[1];
  const file = join(workspaces, process.env.TF_WORKSPACE, "terraform.tfstate");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
