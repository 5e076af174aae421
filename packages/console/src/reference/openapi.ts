// The part of OpenAPI 3.1 that the server writes: schemas are JSON Schema, without references but for errors.

export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean | null;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly $ref?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly "x-permission"?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly servers?: readonly { readonly url: string }[];
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
}

export interface Operation extends OperationObject {
  readonly method: string;
  readonly path: string;
  /** Where it stands on the page. */
  readonly anchor: string;
}

/** The operations by tag, both in the order of their names; within a tag by path, readers before writers. */
export function groupOperations(document: ApiDocument): readonly (readonly [string, readonly Operation[]])[] {
  const groups = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "other";
      const one = { ...operation, method: method.toUpperCase(), path, anchor: operation.operationId };
      groups.set(tag, [...(groups.get(tag) ?? []), one]);
    }
  }
  const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
  for (const operations of groups.values()) {
    operations.sort(
      (a, b) => a.path.localeCompare(b.path, "en") || methods.indexOf(a.method) - methods.indexOf(b.method),
    );
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, "en"));
}

/** Whether an operation has this text in its path, its name or what it says of itself. */
export function matchesOperation(operation: Operation, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  const own = `${operation.method} ${operation.path} ${operation.summary} ${operation.operationId} ${operation["x-permission"] ?? ""}`;
  return own.toLowerCase().includes(wanted);
}

export interface SchemaNode {
  /** Empty for the elements of a list and for the whole. */
  readonly name: string;
  /** For example `text`, `list of objects`, `text (date-time) or null`. */
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  /** What it may be, when that is a short list. */
  readonly values: readonly string[];
  readonly children: readonly SchemaNode[];
}

/** A schema as a tree of members that can be read. */
export function readSchema(schema: Schema, document: ApiDocument, name = "", required = true): SchemaNode {
  const whole = resolve(schema, document);
  const { inner, nullable } = withoutNull(whole, document);
  const element = inner.items === undefined ? undefined : resolve(inner.items, document);
  const shape = element === undefined ? inner : withoutNull(element, document).inner;
  const type = nameType(inner, document) + (nullable ? " or null" : "");
  return {
    name,
    type,
    required,
    description: [whole.description ?? inner.description ?? "", describeLimits(inner)]
      .filter((t) => t !== "")
      .join("; "),
    values: valuesOf(inner) ?? (element === undefined ? [] : (valuesOf(element) ?? [])),
    children: childrenOf(shape, document),
  };
}

function childrenOf(schema: Schema, document: ApiDocument): readonly SchemaNode[] {
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) =>
    readSchema(property, document, name, schema.required?.includes(name) ?? false),
  );
  const rest = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  const patterns = Object.values(schema.patternProperties ?? {});
  const others = [...(rest === undefined ? [] : [rest]), ...patterns].map((value) =>
    readSchema(value, document, "(any name)", false),
  );
  return [...own, ...others];
}

function resolve(schema: Schema, document: ApiDocument): Schema {
  const name = schema.$ref?.replace("#/components/schemas/", "");
  return name === undefined ? schema : (document.components?.schemas?.[name] ?? schema);
}

function withoutNull(schema: Schema, document: ApiDocument): { readonly inner: Schema; readonly nullable: boolean } {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices === undefined) return { inner: schema, nullable: false };
  const rest = choices.filter((choice) => choice.type !== "null").map((choice) => resolve(choice, document));
  const [only] = rest;
  const nullable = rest.length < choices.length;
  return rest.length === 1 && only !== undefined
    ? { inner: only, nullable }
    : { inner: { ...schema, anyOf: rest }, nullable };
}

const words: Readonly<Record<string, readonly [string, string]>> = {
  string: ["text", "texts"],
  integer: ["integer", "integers"],
  number: ["number", "numbers"],
  boolean: ["true or false", "booleans"],
  object: ["object", "objects"],
  array: ["list", "lists"],
  null: ["null", "nulls"],
};

function nameType(schema: Schema, document: ApiDocument, many = false): string {
  const word = (type: string) => words[type]?.[many ? 1 : 0] ?? type;
  if (schema.items !== undefined) {
    return `${word("array")} of ${nameType(withoutNull(resolve(schema.items, document), document).inner, document, true)}`;
  }
  if (schema.enum !== undefined || schema.const !== undefined) return many ? "words" : "one of";
  if (schema.anyOf !== undefined) {
    if (valuesOf(schema) !== undefined) return many ? "words" : "one of";
    return schema.anyOf.map((choice) => nameType(choice, document, many)).join(" or ");
  }
  const type = typeof schema.type === "string" ? schema.type : schema.type?.join(" or ");
  if (type === undefined) return schema.properties === undefined ? (many ? "values" : "any value") : word("object");
  return schema.format === undefined ? word(type) : `${word(type)} (${schema.format})`;
}

function valuesOf(schema: Schema): readonly string[] | undefined {
  if (schema.enum !== undefined) return schema.enum.map(String);
  if (schema.const !== undefined) return [String(schema.const)];
  const all = schema.anyOf?.map((choice) => choice.const);
  return all === undefined || all.some((value) => value === undefined) ? undefined : all.map(String);
}

function describeLimits(schema: Schema): string {
  const limits = [
    schema.minimum === undefined ? undefined : `at least ${String(schema.minimum)}`,
    schema.maximum === undefined ? undefined : `at most ${String(schema.maximum)}`,
    schema.maxLength === undefined ? undefined : `at most ${schema.maxLength.toLocaleString("en")} characters`,
    schema.maxItems === undefined ? undefined : `at most ${schema.maxItems.toLocaleString("en")} entries`,
  ].filter((limit) => limit !== undefined);
  return limits.join(", ");
}

/** The answer when all goes well, and its schema. */
export function successOf(operation: OperationObject): {
  readonly status: string;
  readonly type: string | undefined;
  readonly schema: Schema | undefined;
} {
  const status = Object.keys(operation.responses).find((code) => code.startsWith("2")) ?? "200";
  const [type, content] = Object.entries(operation.responses[status]?.content ?? {})[0] ?? [];
  return { status, type, schema: content?.schema };
}

/** A request that can be pasted into a shell. */
export function curlExample(operation: Operation, origin: string, base: string, document: ApiDocument): string {
  const path = operation.path.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const lines = [`curl ${operation.method === "GET" ? "" : `--request ${operation.method} `}"${origin}${base}${path}"`];
  if (operation.security?.length !== 0) lines.push(`  --header "Authorization: Bearer $TOKEN"`);
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  if (schema !== undefined) {
    lines.push(`  --header "Content-Type: application/json"`);
    lines.push(`  --data '${JSON.stringify(exampleOf(schema, document))}'`);
  }
  return lines.join(" \\\n");
}

/** A small value that fits: what must be there, or else the first member. */
function exampleOf(schema: Schema, document: ApiDocument): unknown {
  const { inner } = withoutNull(resolve(schema, document), document);
  const [first] = valuesOf(inner) ?? [];
  if (first !== undefined) return first;
  if (inner.properties !== undefined) {
    const names = Object.keys(inner.properties);
    const needed = names.filter((name) => inner.required?.includes(name));
    const shown = needed.length > 0 ? needed : names.slice(0, 1);
    return Object.fromEntries(shown.map((name) => [name, exampleOf(inner.properties?.[name] ?? {}, document)]));
  }
  if (inner.items !== undefined) return [exampleOf(inner.items, document)];
  if (inner.type === "boolean") return true;
  if (inner.type === "integer" || inner.type === "number") return inner.minimum ?? 1;
  return "…";
}
