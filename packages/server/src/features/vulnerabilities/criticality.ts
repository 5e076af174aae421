/** How bad a vulnerability is, from what is not known to the worst; stored as the place in this list. */
export const criticalities = ["Unknown", "Low", "Medium", "High", "Critical"] as const;
export type Criticality = (typeof criticalities)[number];

/** Undefined when the text is none of them; upper and lower case are the same. */
export function findCriticality(text: string): Criticality | undefined {
  return criticalities.find((one) => one.toLowerCase() === text.toLowerCase());
}

/** The place in the order, as stored. */
export function rankOf(criticality: Criticality): number {
  return criticalities.indexOf(criticality);
}

export function criticalityOf(rank: number): Criticality {
  return criticalities[rank] ?? "Unknown";
}
