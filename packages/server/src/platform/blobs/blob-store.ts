/**
 * Keeps large bytes outside the database. Keys are chosen by the caller, are made of `[A-Za-z0-9._/-]`, and never
 * change meaning: a key is written once with one content, so writing it again with the same bytes is harmless.
 */
export interface BlobStore {
  /** Durable when the promise resolves: a crash afterwards loses nothing. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is no such blob. */
  get(key: string): Promise<Buffer | undefined>;
  /** The bytes `[from, to)`, as far as there are any, at the cost of what is read. Undefined when there is no such blob. */
  getRange(key: string, from: number, to: number): Promise<Buffer | undefined>;
  /** As `put`, from a file that is too large for memory; the file stays. */
  putFile(key: string, path: string): Promise<void>;
  /** Writes the blob to a file, which must not exist; false when there is no such blob. */
  getFile(key: string, path: string): Promise<boolean>;
  /** Removing what is not there is not an error. */
  remove(key: string): Promise<void>;
}

/** Guards every implementation against keys that could leave its root. */
export function assertBlobKey(key: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(key) || key.includes("..") || key.includes("//")) {
    throw new Error(`Bad blob key: ${JSON.stringify(key)}`);
  }
}
