import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { machineType, type ResourceType } from "./resource-types.ts";
import { conformToSchema } from "./schema.ts";
import { textOf, type ObjectValue } from "./value.ts";

/** A machine as its file spells it. */
export type Machine = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly size: string;
  readonly tags: Readonly<Record<string, string>> | null;
  readonly user_data: string | null;
  readonly ip_address: string;
  readonly status: string;
  readonly created_at: string;
};

/** Ordered by name, then id. Empty when nothing was created yet. */
export async function listMachines(root: string): Promise<Machine[]> {
  const machines = (await listRecords(root, machineType)) as unknown as Machine[];
  return machines.sort((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
}

/** Changes a machine behind Terraform's back. Throws when there is none with this id. */
export async function updateMachine(root: string, id: string, patch: Partial<Omit<Machine, "id">>): Promise<Machine> {
  const current = await findRecord(root, machineType, id);
  if (!current) throw new Error(`There is no machine ${id} under ${root}.`);
  const next = conformToSchema(machineType.attributes, { ...current, ...patch, id }, `The patch of machine ${id}`);
  await saveRecord(root, machineType, next);
  return next as unknown as Machine;
}

/** Deletes a machine behind Terraform's back; deleting twice changes nothing. */
export async function deleteMachine(root: string, id: string): Promise<void> {
  await deleteRecord(root, machineType, id);
}

/** Undefined when the file is gone, which Terraform must see as a deleted resource. */
export async function findRecord(root: string, type: ResourceType, id: string): Promise<ObjectValue | undefined> {
  if (!isRecordId(id)) return undefined;
  const path = pathOf(root, type, id);
  const content = await readJson(path);
  // The file's name is the id, whatever its content says: renaming a resource is not a drift we can express.
  return content === undefined ? undefined : { ...conformToSchema(type.attributes, content, path), id };
}

/** Writes a file that readers see whole or not at all. */
export async function saveRecord(root: string, type: ResourceType, record: ObjectValue): Promise<void> {
  const path = pathOf(root, type, textOf(record, "id"));
  const draft = `${path}.${randomBytes(4).toString("hex")}.draft`;
  await mkdir(join(root, type.folder), { recursive: true });
  await writeFile(draft, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(draft, path);
}

export async function deleteRecord(root: string, type: ResourceType, id: string): Promise<void> {
  if (isRecordId(id)) await rm(pathOf(root, type, id), { force: true });
}

/** Undefined when there is no such file. The error of a file that is not JSON names it. */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Error(`${path} is not valid JSON.`, { cause });
  }
}

async function listRecords(root: string, type: ResourceType): Promise<ObjectValue[]> {
  const names = await readdir(join(root, type.folder)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const ids = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
  const records = await Promise.all(ids.map((id) => findRecord(root, type, id)));
  return records.filter((record) => record !== undefined);
}

/** An id comes from an import command or a hand-edited state; it must not lead out of the folder. */
function isRecordId(id: string): boolean {
  return /^[a-z]+-[a-z0-9]+$/.test(id);
}

function pathOf(root: string, type: ResourceType, id: string): string {
  return join(root, type.folder, `${id}.json`);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
