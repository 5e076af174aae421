import type { Enforcement } from "../api/types.ts";

const reasons: Readonly<Record<Enforcement["reason"], string>> = {
  asked: "Packer asked for them when the build began.",
  nothing_linked: "No block was linked when its builds began.",
  did_not_ask: "Packer built it and never asked for them, as with -skip-enforcement or before version 1.15.2.",
  other_builder: "It was not built by Packer, or by a Packer that does not know enforced blocks.",
  several_runs: "Several Packer runs of the same caller began at the same time, and not all of them asked.",
  too_old: "The build began more than thirty days before it ended; what was asked then is forgotten.",
};

/** One sentence on why a version is in its state, with the blocks it should have run. */
export function explainEnforcement({ reason, blocks }: Pick<Enforcement, "reason" | "blocks">): string {
  const named = blocks.map(({ block, version }) => `${block} ${version}`).join(", ");
  if (named === "") return reasons[reason];
  return `${reasons[reason]} ${reason === "asked" ? "It was given" : "It had to run"} ${named}.`;
}
