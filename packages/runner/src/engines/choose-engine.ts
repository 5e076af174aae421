import { compare, parse, prerelease, SemVer } from "semver";
import type { EngineName } from "../protocol.ts";
import { WorkError } from "../work/work-error.ts";
import type { Engine } from "./find-engines.ts";

export interface EngineWish {
  /** Null: any, OpenTofu before Terraform. */
  readonly name: EngineName | null;
  /** A version or a constraint; null or `latest`: the newest. */
  readonly version: string | null;
}

/** The newest engine that fits. Throws WorkError, saying what there is, when none does: another is never taken instead. */
export function chooseEngine(engines: readonly Engine[], wish: EngineWish): Engine {
  const wanted = wish.version === null || wish.version.trim() === "latest" ? undefined : parseConstraint(wish.version);
  const fitting = engines
    .filter((engine) => wish.name === null || engine.name === wish.name)
    .filter((engine) => wanted === undefined || wanted(engine.version))
    .sort((a, b) => preferTofu(a, b) || compare(b.version, a.version));
  if (fitting[0] !== undefined) return fitting[0];
  const asked = `${wish.name === null ? "tofu or terraform" : wish.name}${wanted === undefined ? "" : ` ${wish.version}`}`;
  const there = engines.map((engine) => `${engine.name} ${engine.version}`).join(", ");
  throw new WorkError(
    `This runner has no ${asked}. It has ${there === "" ? "no engine at all" : there}. ` +
      "Choose one of these for the workspace, or install the missing one on PATH or in the runner's engines directory.",
  );
}

function preferTofu(a: Engine, b: Engine): number {
  return Number(b.name === "tofu") - Number(a.name === "tofu");
}

type Test = (version: string) => boolean;

/** Constraints as the engines write them: `1.9.8`, `~> 1.9.0`, `>= 1.6, < 2`. Throws WorkError for anything else. */
export function parseConstraint(text: string): Test {
  const tests = text.split(",").map((part) => parsePart(part.trim(), text));
  return (version) => tests.every((test) => test(version));
}

function parsePart(part: string, whole: string): Test {
  const match = /^(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+){0,2})((?:-[0-9A-Za-z.-]+)?)$/.exec(part);
  const [, operator = "=", numbers = "", suffix = ""] = match ?? [];
  const bound = parse([...numbers.split("."), "0", "0"].slice(0, 3).join(".") + suffix);
  if (match === null || bound === null) {
    throw new WorkError(
      `${JSON.stringify(whole)} is not a version of an engine. Give a version such as 1.9.8 or a constraint such as "~> 1.9.0".`,
    );
  }
  const ceiling = operator === "~>" ? nextAfter(bound, numbers.split(".").length) : undefined;
  return (version) => {
    // A prerelease is taken only by its exact name. Source: hashicorp/go-version, prereleaseCheck.
    if (prerelease(version) !== null && compare(version, bound) !== 0) return false;
    const order = compare(version, bound);
    switch (operator) {
      case "!=":
        return order !== 0;
      case ">=":
        return order >= 0;
      case "<=":
        return order <= 0;
      case ">":
        return order > 0;
      case "<":
        return order < 0;
      case "~>":
        return order >= 0 && (ceiling === undefined || compare(version, ceiling) < 0);
      default:
        return order === 0;
    }
  };
}

/** `~>` lets the last given part grow: `~> 1.9` ends before 2.0.0, `~> 1.9.1` before 1.10.0; `~> 1` never ends. */
function nextAfter(bound: SemVer, parts: number): SemVer | undefined {
  if (parts === 1) return undefined;
  return new SemVer(parts === 3 ? `${bound.major}.${bound.minor + 1}.0` : `${bound.major + 1}.0.0`);
}
