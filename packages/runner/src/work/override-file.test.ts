import { expect, it } from "vitest";
import { overrideFileNames } from "./override-file.ts";

it.each([
  [["main.tf", "a_override.tf"], "zzz_ingot_override"],
  [["override.tf"], "zzz_ingot_override"],
  [["zzzz_override.tf"], "zzzz~_override"],
  [["zzzz_override.tf.json"], "zzzz~_override"],
  [["zzzz_override.tofu"], "zzzz~_override"],
  [["zzz_ingot_override.tofu"], "zzz_ingot~_override"],
  [["zzzz.tf", "not-an-override.tf"], "zzz_ingot_override"],
])("an override file of the user never has the last word: %j", (names, expected) => {
  expect(overrideFileNames(names)).toEqual([`${expected}.tf`, `${expected}.tofu`]);
});
