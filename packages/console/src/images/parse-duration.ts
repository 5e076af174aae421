const unitSeconds = { m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a text such as `12h`, `7d` or `1d 12h`; undefined when it is none, or nothing at all. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^(\d{1,5}\s*[mhd]\s*)+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+)\s*([mhd])/g)) {
    total += Number(amount) * unitSeconds[unit as keyof typeof unitSeconds];
  }
  return total === 0 ? undefined : total;
}
