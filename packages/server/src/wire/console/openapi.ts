import type { TObject, TSchema } from "typebox";
import type { Route } from "../shared/plane.ts";

/** The OpenAPI 3.1 document of these routes: typebox schemas are JSON Schema, so nothing is said twice. */
export function describeApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:([a-z_]+)/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = describeRoute(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Ingot",
      version: "1",
      description:
        "What is Ingot's own: who uses which image, assessments, alerts, and what the console shows. Images are managed through the API of HCP Packer (2023-01-01) and runs through the API of HCP Terraform (v2), with the same credentials.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "__Host-ingot-session" },
      },
      schemas: { Error: errorSchema },
    },
    paths,
  };
}

const errorSchema = {
  type: "object",
  required: ["error", "message"],
  properties: {
    error: { type: "string", description: "a code that stays the same" },
    message: { type: "string", description: "what is wrong and what to do, for people" },
  },
};

function describeRoute(route: Route): object {
  const { doc } = route;
  const type = doc?.contentType ?? "application/json";
  const subject = route.path.split("/")[1] ?? "";
  return {
    operationId: route.audit,
    summary: doc?.summary ?? route.audit,
    ...(doc?.description === undefined ? {} : { description: doc.description }),
    tags: [subject],
    ...(route.needs === "public" ? { security: [] } : { "x-permission": route.needs }),
    parameters: [...pathParameters(route.path), ...queryParameters(route.query)],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: route.body } } } }),
    responses: {
      [doc?.status ?? 200]: {
        description: "done",
        ...(doc?.reply === undefined && doc?.contentType === undefined
          ? {}
          : { content: { [type]: { schema: doc.reply ?? { type: "string" } } } }),
      },
      default: {
        description: "refused",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/:([a-z_]+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: TSchema | undefined): object[] {
  const { properties, required } = (query ?? { properties: {} }) as Partial<TObject>;
  return Object.entries(properties ?? {}).map(([name, schema]) => {
    const { description, ...rest } = schema as TSchema & { description?: string };
    return {
      name,
      in: "query",
      required: required?.includes(name) ?? false,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}
