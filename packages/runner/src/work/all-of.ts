/**
 * What all of them give. When one fails, the others are waited for nevertheless: nothing of a job may go on when its
 * directory is removed. Throws what failed, of several the one that stands first.
 */
export async function allOf<T extends readonly unknown[] | []>(
  works: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(works);
  for (const work of works) await work;
  return Promise.all(works);
}
