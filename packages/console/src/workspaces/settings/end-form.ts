import type { WorkspaceAttributes } from "../workspace-resource.ts";

export interface EndForm {
  readonly kind: "inherit" | "never" | "at" | "idle";
  /** As a field of the browser has it: local time without a zone, to the minute. */
  readonly at: string;
  /** Such as `14d` or `36h`. */
  readonly duration: string;
}

type Settings = Pick<
  WorkspaceAttributes,
  "auto-destroy-at" | "auto-destroy-activity-duration" | "inherits-project-auto-destroy"
>;

export function endOf(settings: Settings): EndForm {
  const { "auto-destroy-at": at, "auto-destroy-activity-duration": duration } = settings;
  const inherits = settings["inherits-project-auto-destroy"];
  return {
    kind: inherits ? "inherit" : duration !== null ? "idle" : at === null ? "never" : "at",
    at: at === null ? "" : localTime(new Date(at)),
    duration: duration ?? "",
  };
}

/** In the words of the Terraform API; undefined while something is missing. */
export function attributesOfEnd(form: EndForm): Readonly<Record<string, unknown>> | undefined {
  const own = { "inherits-project-auto-destroy": false };
  switch (form.kind) {
    case "inherit":
      return { "inherits-project-auto-destroy": true };
    case "never":
      return { ...own, "auto-destroy-at": null, "auto-destroy-activity-duration": null };
    case "at": {
      const at = Date.parse(form.at);
      if (Number.isNaN(at)) return undefined;
      return { ...own, "auto-destroy-at": new Date(at).toISOString(), "auto-destroy-activity-duration": null };
    }
    case "idle":
      if (!/^\d{1,4}[dh]$/.test(form.duration.trim())) return undefined;
      return { ...own, "auto-destroy-activity-duration": form.duration.trim() };
  }
}

function localTime(time: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${String(time.getFullYear())}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`;
}
