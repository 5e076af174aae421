import type { Icon } from "@tabler/icons-react";

/** How much a status asks for: nothing, soon, now; something is happening; or it says nothing either way. */
export type Tone = "good" | "warn" | "bad" | "busy" | "quiet";

export interface StatusLook {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: Icon;
  /** What the word means, in one sentence. */
  readonly meaning?: string;
}
