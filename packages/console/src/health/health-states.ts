/** The words for the health of a workspace, the worst first. */
export const healthWords = ["drifted", "checks-failed", "unknown", "healthy", "off"] as const;
export type HealthWord = (typeof healthWords)[number];
