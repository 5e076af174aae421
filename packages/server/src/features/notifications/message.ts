import type { Event } from "../events/index.ts";

/** What somebody is told, before it takes the shape of a destination. Kept with its delivery: a retry says the same. */
export interface Message {
  readonly trigger: string;
  /** A few words. */
  readonly title: string;
  /** A sentence or two. */
  readonly text: string;
  /** For people, in order. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly link: { readonly label: string; readonly url: string } | null;
  /** What to do about it; null when there is nothing to do. */
  readonly advice: string | null;
  readonly tone: "good" | "neutral" | "bad";
  /** What a generic webhook gets. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Where the console and the API show things. */
export interface Links {
  readonly publicUrl: string;
}

export interface MessagePlace {
  readonly organizationName: string;
  readonly workspace: { readonly id: string; readonly name: string } | null;
  readonly configurationId: string;
}

export function workspaceUrl(links: Links, place: MessagePlace): string {
  return `${links.publicUrl}/app/workspaces/${place.workspace?.id ?? ""}`;
}

/** A text that an event carries, or what stands for it. */
export function textOf(event: Event, key: string, otherwise: string): string {
  const value = event.data[key];
  return typeof value === "string" ? value : otherwise;
}
