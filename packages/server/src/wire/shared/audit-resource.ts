import { auditText, auditTextOrNull, type AuditResource } from "../../features/audit/index.ts";

/** What stands in the path for each name, except what is itself a credential. */
export function auditedParams(params: unknown): Record<string, string> {
  const entries = Object.entries((params ?? {}) as Record<string, string>);
  return Object.fromEntries(
    entries.filter(([name]) => name !== "token").map(([name, value]) => [name, auditText(String(value))]),
  );
}

/** The innermost thing that a path names; null when it names none. */
export function resourceInPath(path: string, params: Readonly<Record<string, string>>): AuditResource | null {
  const segments = path.split("/");
  const at = segments.findLastIndex((segment) => segment.startsWith(":") && segment !== ":token");
  const name = segments[at]?.slice(1);
  const value = name === undefined ? undefined : params[name];
  if (name === undefined || value === undefined) return null;
  const kind = name === "id" ? singular(segments[at - 1] ?? "") : (kinds[name] ?? name.replace(/_(id|name)$/, ""));
  return {
    kind: kind.replaceAll("_", "-"),
    ...(isId(name, value) ? { id: value, name: null } : { id: null, name: value }),
  };
}

const kinds: Readonly<Record<string, string>> = { fingerprint: "version" };

function isId(name: string, value: string): boolean {
  if (/(^|_)id$/.test(name)) return true;
  return /^[a-z]+-[A-Za-z0-9]{16}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

function singular(word: string): string {
  return word.replace(/ies$/, "y").replace(/s$/, "");
}

/**
 * What an answer is about: kind, id and name, and nothing else of it. Knows the three shapes of our planes: `{ data: { type,
 * id, attributes } }`, `{ bucket: { id, name } }` and `{ id, name }`. Null when it has none of them.
 */
export function resourceInAnswer(body: unknown, path: string): AuditResource | null {
  if (!isObject(body)) return null;
  const { data } = body;
  if (isObject(data) && typeof data["type"] === "string") {
    const attributes = isObject(data["attributes"]) ? data["attributes"] : {};
    return named(singular(data["type"]), data["id"], attributes["name"] ?? attributes["key"]);
  }
  const [kind, inner] = Object.entries(body).find(([, value]) => isObject(value) && textIn(value["id"])) ?? [];
  if (kind !== undefined && isObject(inner)) {
    return named(kind, inner["id"], inner["name"] ?? inner["fingerprint"] ?? inner["component_type"]);
  }
  return textIn(body["id"]) ? named(singular(path.split("/")[1] ?? ""), body["id"], body["name"]) : null;
}

/**
 * What a request that makes something is about, known before there is an answer: its kind by the collection that it is sent to,
 * its name by the body, and nothing else of it. Null for what makes nothing, or sends no name.
 */
export function resourceInRequest(method: string, path: string, body: unknown): AuditResource | null {
  const collection = path.split("/").at(-1) ?? "";
  if ((method !== "POST" && method !== "PUT") || collection.startsWith(":") || !isObject(body)) return null;
  const { data } = body;
  const kind = singular(collection);
  if (!isObject(data)) return textIn(body["name"]) && kind !== collection ? named(kind, null, body["name"]) : null;
  const attributes = isObject(data["attributes"]) ? data["attributes"] : {};
  const name = attributes["name"] ?? attributes["key"];
  const isOne = typeof data["type"] === "string" && singular(data["type"]) === kind && data["id"] === undefined;
  return isOne && textIn(name) ? named(kind, null, name) : null;
}

function named(kind: string, id: unknown, name: unknown): AuditResource {
  return {
    kind: auditText(kind.replaceAll("_", "-")),
    id: textIn(id) ? auditText(id) : null,
    name: auditTextOrNull(typeof name === "string" ? name : null),
  };
}

function textIn(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
