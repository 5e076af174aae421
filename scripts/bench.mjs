// Runs the benchmarks and writes their sections of docs/benchmarks.md. Names as arguments choose among them.
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { benchLogs } from "../bench/logs.mjs";
import { benchRegistry } from "../bench/registry.mjs";
import { benchRuns } from "../bench/runs.mjs";
import { benchWork } from "../bench/work.mjs";

const benchmarks = [
  { name: "registry", title: "Registry", run: benchRegistry },
  { name: "logs", title: "Logs", run: benchLogs },
  { name: "runs", title: "Runs", run: benchRuns },
  { name: "work", title: "Work", run: benchWork },
];

const file = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
const chosen = process.argv.slice(2);
let report = await readFile(file, "utf8").catch(
  () => "# Benchmarks\n\nMade by `npm run bench`; each section says under what conditions.\n",
);
for (const { name, title, run } of benchmarks) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  report = withSection(report, name, `## ${title}\n\n${conditions()}\n\n${(await run()).trim()}`);
  await writeFile(file, await format(report, { parser: "markdown", printWidth: 120 }));
}

function conditions() {
  const cpu = cpus()[0]?.model.trim() ?? "unknown processor";
  const gib = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, Node ${process.versions.node}, ${type()}, ${availableParallelism()} cores (${cpu}), ${gib} GiB.`;
}

/** Puts a section between its two marks, at the end when it is new; other sections stay as they are. */
function withSection(text, name, body) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const section = `${begin}\n\n${body}\n\n${end}`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  return from < 0 || to < 0
    ? `${text.trimEnd()}\n\n${section}\n`
    : text.slice(0, from) + section + text.slice(to + end.length);
}
