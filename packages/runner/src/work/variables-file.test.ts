import { describe, expect, it } from "vitest";
import { renderVariables, variablesFileName } from "./variables-file.ts";

describe("the variables file", () => {
  it("quotes plain values so that they mean themselves, and takes HCL as it is", () => {
    const text = renderVariables([
      { key: "plain", value: 'a "b" \\ ${c} $${d} %{if}\n\ttab é', hcl: false },
      { key: "list-of", value: '["x", 1]', hcl: true },
    ]);
    expect(text).toBe(
      'plain = "a \\"b\\" \\\\ \\u0024{c} $\\u0024{d} \\u0025{if}\\n\\u0009tab é"\nlist-of = ["x", 1]\n',
    );
  });

  it.each(["", "a b", "1a", "a\nb = 1\nc", "a.b", 'a"'])("refuses %j as a name", (key) => {
    expect(() => renderVariables([{ key, value: "x", hcl: false }])).toThrow("cannot be the name of an input variable");
  });

  it.each([
    [[], "zzz_ingot.auto.tfvars"],
    [["a.auto.tfvars", "terraform.tfvars", "zzzz.tf"], "zzz_ingot.auto.tfvars"],
    [["zzzz.auto.tfvars"], "zzzz~.auto.tfvars"],
    [["zzzz.auto.tfvars.json", "zzz.auto.tfvars"], "zzzz~.auto.tfvars"],
    [["zzz_ingot.auto.tfvars"], "zzz_ingot~.auto.tfvars"],
    [["é.auto.tfvars"], "é~.auto.tfvars"],
  ])("sorts after the user's own files %j", (names, expected) => {
    expect(variablesFileName(names)).toBe(expected);
  });
});
