import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

interface Swagger {
  readonly paths: Record<string, Record<string, SwaggerOperation>>;
  readonly definitions: Record<string, Schema>;
}
interface SwaggerOperation {
  readonly operationId: string;
  readonly responses: Record<string, { readonly schema?: { readonly $ref: string } }>;
}
type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; additionalProperties?: unknown };

export interface PublishedOperation {
  readonly id: string;
  readonly method: string;
  /** As the specification writes it, with `{name}` for parameters. */
  readonly path: string;
}

export interface PublishedSpec {
  readonly operations: readonly PublishedOperation[];
  /** The operation that a method and a real path belong to. */
  find(method: string, path: string): PublishedOperation | undefined;
  /** What is wrong with the body of an answer; empty when nothing is. */
  problems(operation: PublishedOperation, status: number, body: unknown): string[];
}

const folder = fileURLToPath(new URL("../../shared/specs/", import.meta.url));

/** The published API document of this name; undefined, and said so, where it is not at hand. */
export function loadPublishedSpec(file: string): PublishedSpec | undefined {
  if (!existsSync(folder + file)) {
    process.stdout.write(
      `skipped: the contract of ${file}, since ../shared/specs beside the checkout does not hold it.\n`,
    );
    return undefined;
  }
  const swagger = JSON.parse(readFileSync(folder + file, "utf8")) as Swagger;
  for (const definition of Object.values(swagger.definitions)) closeObject(definition);
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv, ["date-time", "int32", "int64", "double", "byte"]);
  ajv.addSchema({ $id: "spec", definitions: swagger.definitions });
  const validators = new Map<string, ValidateFunction>();
  const operations = Object.entries(swagger.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      responses: operation.responses,
      pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
      // Of two that match, the one with fewer parameters: `channels/assign` before `channels/{channel_name}`.
      parameters: path.split("{").length,
    })),
  );
  operations.sort((a, b) => a.parameters - b.parameters);

  function validatorOf(ref: string): ValidateFunction {
    const known = validators.get(ref) ?? ajv.compile({ $ref: `spec${ref}` });
    validators.set(ref, known);
    return known;
  }

  return {
    operations,
    find(method, path) {
      const plain = path.split("?")[0] ?? "";
      return operations.find((operation) => operation.method === method && operation.pattern.test(plain));
    },
    problems({ id }, status, body) {
      const operation = operations.find((known) => known.id === id);
      const schema = (operation?.responses[String(status)] ?? operation?.responses["default"])?.schema;
      if (schema === undefined) return [`${id} has no schema for ${status}`];
      const validate = validatorOf(schema.$ref);
      return validate(withoutNulls(body))
        ? []
        : (validate.errors ?? []).map((e) => `${id} ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
    },
  };
}

/** A member that the model does not have is a misspelt one. */
function closeObject(schema: Schema): void {
  if (schema.properties !== undefined && schema.additionalProperties === undefined) schema.additionalProperties = false;
}

/** In this encoding a member that is null says the same as one that is absent; the document has no way to say so. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
}
