import { gzipSync } from "node:zlib";
import { pack, type Header } from "tar-stream";

export type ArchiveEntry = Partial<Header> & { readonly name: string; readonly text?: string | Buffer };

/** A tar.gz of the entries, exactly as they are given, or of files by name. */
export async function makeArchive(
  entries: readonly ArchiveEntry[] | Readonly<Record<string, string>>,
): Promise<Buffer> {
  const list = Array.isArray(entries)
    ? (entries as readonly ArchiveEntry[])
    : Object.entries(entries as Record<string, string>).map(([name, text]) => ({ name, text }));
  const archive = pack();
  for (const { text, ...header } of list) archive.entry(header, text ?? "");
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}
