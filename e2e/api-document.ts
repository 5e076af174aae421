import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

export type CheckAnswer = (
  method: string,
  path: string,
  status: number,
  contentType: string,
  text: string,
) => string | undefined;

/** Says in what an answer below `/api/v1` differs from what the OpenAPI document promises. */
export function checkAgainst(document: unknown): CheckAnswer {
  const { paths } = document as ApiDocument;
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  (formats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema(document as object, "api");
  const validators = new Map<object, ValidateFunction>();
  // The most literal path wins: /events/stream is not /events/{id}.
  const templates = Object.keys(paths)
    .map((template) => ({ template, pattern: new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`) }))
    .sort((a, b) => a.template.split("{").length - b.template.split("{").length);

  return (method, path, status, contentType, text) => {
    const template = templates.find(({ pattern }) => pattern.test(path))?.template;
    if (template === undefined) return path === "/openapi.json" ? undefined : `${path} is not in the document`;
    const operation = paths[template]?.[method.toLowerCase()];
    if (operation === undefined) return `${method} ${template} is not in the document`;
    const response = operation.responses[String(status)] ?? operation.responses["default"];
    if (status < 400 && status !== 204 && operation.responses[String(status)] === undefined) {
      return `${method} ${template} does not promise the status ${status}`;
    }
    if (status === 204 || !contentType.includes("json")) return undefined;
    const schema = response?.content?.["application/json"]?.schema;
    if (schema === undefined) return `${method} ${template} promises no JSON`;
    const validate = validators.get(schema) ?? ajv.compile(resolveRefs(schema));
    validators.set(schema, validate);
    if (validate(JSON.parse(text))) return undefined;
    return `${method} ${template} ${status}: ${ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`;
  };
}

/** References within the document, as seen from a schema that is compiled alone. */
function resolveRefs(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
}
