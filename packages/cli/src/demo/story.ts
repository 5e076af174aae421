import { stripVTControlCharacters } from "node:util";
import { CommandError } from "../command-line/command.ts";

/** Tells what happens, on standard output, with times. */
export interface Story {
  /** A numbered chapter; tells how long it took. */
  stage<T>(number: number, title: string, text: string, tell: () => Promise<T>): Promise<T>;
  /** One thing that is done and checked, with the time since the last one. */
  readonly done: (text: string) => void;
  /** What somebody types into a terminal. */
  readonly command: (text: string) => void;
  /** A line that a program prints. */
  readonly output: (line: string) => void;
  readonly say: (text: string) => void;
}

/** A claim of the story that does not hold. */
class ClaimFailed extends CommandError {
  constructor(claim: string, found: unknown) {
    const shown = typeof found === "string" ? found : JSON.stringify(found, null, 2);
    super(`${claim}: this does not hold. Found: ${shown.slice(0, 3000)}`);
  }
}

/** Checks what the story is about to claim. */
export function claim(text: string, holds: boolean, found: unknown): void {
  if (!holds) throw new ClaimFailed(text, found);
}

export function createStory(options: { readonly write: (text: string) => void; readonly color: boolean }): Story {
  const { write, color } = options;
  const style = (code: number, text: string): string => (color ? `\u001B[${code}m${text}\u001B[0m` : text);
  const bold = (text: string): string => style(1, text);
  const dim = (text: string): string => style(2, text);
  const green = (text: string): string => style(32, text);
  const red = (text: string): string => style(31, text);
  const line = (text = ""): void => write(`${text}\n`);

  const startedAt = performance.now();
  let lastAt = startedAt;
  /** The time of a step is what passed since the step before it. */
  const sinceLast = (): string => {
    const now = performance.now();
    const text = seconds(now - lastAt);
    lastAt = now;
    return text;
  };

  return {
    async stage(number, title, text, tell) {
      const stageAt = performance.now();
      lastAt = stageAt;
      line();
      line(`${bold(`${number}. ${title}`)}  ${text}`);
      try {
        const result = await tell();
        line(
          dim(
            `   stage ${number} took ${seconds(performance.now() - stageAt)}, ${seconds(performance.now() - startedAt)} so far`,
          ),
        );
        return result;
      } catch (error) {
        line(`   ${red("✗")} stage ${number} failed after ${seconds(performance.now() - stageAt)}`);
        throw error;
      }
    },
    done: (text) => line(`   ${green("✓")} ${text}  ${dim(sinceLast())}`),
    command: (text) => line(`   ${dim("$")} ${text}`),
    output: (text) => line(`     ${dim(`│ ${stripVTControlCharacters(text)}`)}`),
    say: (text) => line(text === "" ? "" : `   ${text}`),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
