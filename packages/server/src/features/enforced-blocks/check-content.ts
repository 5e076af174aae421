import { DomainError } from "../../platform/errors.ts";
import type { HclReader } from "../../platform/hcl/index.ts";
import type { TemplateType } from "../versions/index.ts";

/** What a block makes Packer run, in the order of execution of each type. */
export interface BlockContent {
  /** The kind of template that the syntax belongs to; Packer runs either in both. */
  readonly syntax: Exclude<TemplateType, "unset">;
  readonly provisioners: readonly { readonly type: string; readonly body: Body }[];
}

type Body = Readonly<Record<string, unknown>>;

const contentBytesMax = 64 << 10;

/**
 * Reads the content of a block as Packer will, and refuses what would end every build of the linked buckets: native HCL,
 * HCL as JSON, or the provisioners of a legacy JSON template; nothing but provisioners, and at least one. Whether a plugin
 * likes its arguments only the builder can tell. Errors: invalid/block_content with the line where there is one,
 * unavailable/hcl_busy. Source: packer, hcl2template/enforced_provisioner_parser.go.
 */
export async function checkContent(content: string, readHcl: HclReader): Promise<BlockContent> {
  if (content.trim() === "") throw refused("it is empty; write at least one provisioner block.");
  if (Buffer.byteLength(content) > contentBytesMax) {
    throw refused(`it has more than ${contentBytesMax >> 10} KiB. Upload long scripts with the image's own template.`);
  }
  const isJson = content.trimStart().startsWith("{");
  const read = isJson
    ? readJson(content)
    : { syntax: "hcl2" as const, provisioners: await readNative(content, readHcl) };
  if (read.provisioners.length === 0) throw refused("it has no provisioner.");
  for (const provisioner of read.provisioners) checkMetaArguments(provisioner);
  return read;
}

async function readNative(content: string, readHcl: HclReader): Promise<BlockContent["provisioners"]> {
  const blocks = await readOrRefuse(content, readHcl);
  refuseOthers(blocks, "provisioner");
  if (!("provisioner" in blocks)) return [];
  await refuseArgument(content, readHcl);
  return bodiesByLabel(blocks["provisioner"]);
}

async function readOrRefuse(content: string, readHcl: HclReader): Promise<Body> {
  try {
    return await readHcl(content);
  } catch (error) {
    if (error instanceof DomainError && error.kind === "invalid")
      throw refused(`it is not valid HCL. ${error.message}`);
    throw error;
  }
}

/** The reader shows `provisioner = {…}` as it shows a block; a second argument of that name tells them apart. */
async function refuseArgument(content: string, readHcl: HclReader): Promise<void> {
  try {
    await readHcl(`${content}\nprovisioner = null\n`);
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "invalid") throw error;
    throw refused('`provisioner` is an argument in it. Write a block: provisioner "shell" { … }.');
  }
}

function bodiesByLabel(value: unknown): BlockContent["provisioners"] {
  if (!isBody(value)) throw refused('a provisioner needs its type: provisioner "shell" { … }.');
  return Object.entries(value).flatMap(([type, bodies]) => {
    if (!Array.isArray(bodies)) throw refused(`the provisioner ${JSON.stringify(type)} has more than one label.`);
    return bodies.map((body) => ({ type, body: body as Body }));
  });
}

function readJson(content: string): BlockContent {
  const document = parseJson(content);
  if (Object.hasOwn(document, "provisioners")) {
    refuseOthers(document, "provisioners");
    return { syntax: "json", provisioners: legacyBodies(document["provisioners"]) };
  }
  refuseOthers(document, "provisioner");
  return { syntax: "hcl2", provisioners: listed(document["provisioner"]).flatMap(jsonBodies) };
}

function parseJson(content: string): Body {
  try {
    const document: unknown = JSON.parse(content, (key, value: unknown) => (key === "__proto__" ? undefined : value));
    if (isBody(document)) return document;
  } catch (error) {
    throw refused(`it is not valid JSON. ${placed(content, (error as Error).message)}`);
  }
  throw refused("it is JSON, but not an object.");
}

/** The message of the engine with the line in place of the offset. */
function placed(content: string, message: string): string {
  const offset = / at position (\d+)/.exec(message)?.[1];
  if (offset === undefined) return message;
  const before = content.slice(0, Number(offset)).split("\n");
  const problem = message.replace(/ in JSON at position .*$/, "");
  return `Line ${before.length}, column ${(before.at(-1) ?? "").length + 1}: ${problem}.`;
}

/** HCL as JSON lets every level be one object or an array of them. */
function jsonBodies(entry: unknown): BlockContent["provisioners"] {
  if (!isBody(entry)) throw refused('every entry of "provisioner" is an object such as {"shell": {…}}.');
  return Object.entries(entry)
    .filter(([type]) => type !== "//")
    .flatMap(([type, bodies]) =>
      listed(bodies).map((body) => {
        if (!isBody(body)) throw refused(`the arguments of the provisioner ${JSON.stringify(type)} are not an object.`);
        return { type, body };
      }),
    );
}

function legacyBodies(entries: unknown): BlockContent["provisioners"] {
  if (!Array.isArray(entries)) throw refused('"provisioners" is not an array.');
  return entries.map((entry: unknown, index) => {
    const type = isBody(entry) ? entry["type"] : undefined;
    // Packer leaves out what has no type, so that it would not be enforced.
    if (!isBody(entry) || typeof type !== "string" || type === "") {
      throw refused(`entry ${index + 1} of "provisioners" has no "type".`);
    }
    const { type: _type, ...body } = entry;
    return { type, body };
  });
}

function refuseOthers(document: Body, allowed: string): void {
  const other = Object.keys(document).find((key) => key !== allowed && key !== "//");
  if (other === undefined) return;
  throw refused(`it has ${JSON.stringify(other)}; only provisioners can be enforced.`);
}

const durationPattern = /^[+-]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const isText = (value: unknown) => typeof value === "string";
const isDuration = (value: unknown) => isText(value) && durationPattern.test(value);
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

// Read by Packer itself and before any variable has a value. Source: packer, hcl2template/types.build.provisioners.go.
const metaArguments: readonly (readonly [name: string, is: (value: unknown) => boolean, what: string])[] = [
  ["name", isText, "a text"],
  ["pause_before", isDuration, 'a duration such as "10s"'],
  ["timeout", isDuration, 'a duration such as "5m"'],
  ["max_retries", (value) => Number.isInteger(value), "a whole number"],
  ["only", isTexts, "a list of texts"],
  ["except", isTexts, "a list of texts"],
  ["override", isBody, "an object"],
  ["continue_on_error", (value) => typeof value === "boolean", "true or false"],
];

function checkMetaArguments({ type, body }: BlockContent["provisioners"][number]): void {
  const where = `the provisioner ${JSON.stringify(type)}`;
  for (const [name, is, what] of metaArguments) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (hasExpression(value)) {
      throw refused(
        `${where} has an expression in ${name}, which Packer reads before variables exist. Write a literal.`,
      );
    }
    if (!is(value)) throw refused(`${name} of ${where} is not ${what}.`);
  }
  if (isTexts(body["only"]) && isTexts(body["except"])) throw refused(`${where} has both only and except.`);
}

/** `$${` and `%%{` are the two texts `${` and `%{`. */
function hasExpression(value: unknown): boolean {
  if (typeof value === "string") return /(?<!\$)\$\{|(?<!%)%\{/.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasExpression);
}

function listed(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused(reason: string): DomainError {
  return new DomainError("invalid", "block_content", `The block_content would break builds: ${reason}`);
}
