import { expect, it } from "vitest";
import { appendText, emptyLog, findLines, plainText, type LogText } from "./log-lines.ts";

function write(...chunks: string[]): LogText {
  let log = emptyLog;
  for (const chunk of chunks) log = appendText(log, chunk);
  return log;
}

const rawOf = (log: LogText) => log.lines.map((line) => line.raw);

it("however a log is cut into pieces, its lines are the same", () => {
  const text = "first\n\u001b[31mred\nstill red\u001b[0m\n\nlast";
  const whole = write(text);
  for (let cut = 0; cut <= text.length; cut++) {
    const pieces = write(text.slice(0, cut), text.slice(cut));
    expect(rawOf(pieces).map(plainText), `cut at ${String(cut)}`).toEqual(rawOf(whole).map(plainText));
  }
  expect(rawOf(whole).map(plainText)).toEqual(["first", "red", "still red", "", "last"]);
});

it("a colour goes on in the next line until it is reset", () => {
  const log = write("\u001b[1m\u001b[31mError\n", "because\u001b[0m\n", "then");
  expect(log.lines.map((line) => line.style)).toEqual(["", "\u001b[1m\u001b[31m", ""]);
});

it("a line that was written over shows its last text", () => {
  expect(rawOf(write("10%\r50%\r100%\r\ndone\n"))).toEqual(["100%", "done"]);
});

it("codes that are no colours are left out", () => {
  expect(rawOf(write("\u0002a\u001b[2Kb\u001b[1Ac\u0003\n"))).toEqual(["abc"]);
});

it("what was shown before stays as it was", () => {
  const before = write("a\nb");
  appendText(before, "c\nd");
  expect(rawOf(before)).toEqual(["a", "b"]);
});

it("finds text across colours, in any case", () => {
  const log = write("one\nTw\u001b[1mo\u001b[0m\ntwo\n");
  expect(findLines(log, "TWO")).toEqual([1, 2]);
  expect(findLines(log, "")).toEqual([]);
});

it("shows what a log in JSON says for people, once a line is whole", () => {
  const error = { "@level": "error", "@message": "Error: No such image", diagnostic: { detail: "It is\n  revoked." } };
  const info = JSON.stringify({ "@level": "info", "@message": "a.b: Creating...", type: "apply_start" });
  const whole = write(`${info}\n${JSON.stringify(error)}\n{"@level" is what it prints\n`);
  expect(rawOf(whole).map(plainText)).toEqual([
    "a.b: Creating...",
    "Error: No such image: It is revoked.",
    '{"@level" is what it prints',
  ]);
  expect(rawOf(write(info.slice(0, 20), info.slice(20), "\n"))).toEqual(["a.b: Creating..."]);
});
