import { Code, Text } from "@mantine/core";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Snippet } from "../parts/snippet.tsx";
import { curlExample, readSchema, successOf, type ApiDocument, type Operation } from "./openapi.ts";
import { SchemaTree } from "./schema-tree.tsx";
import classes from "./reference.module.css";

/** One operation; opened by a click, or by a link to it. */
export function OperationView(props: {
  readonly operation: Operation;
  readonly document: ApiDocument;
  readonly base: string;
  readonly linked: boolean;
}) {
  const { operation, linked } = props;
  const element = useRef<HTMLDetailsElement>(null);
  const [open, setOpen] = useState(linked);
  useEffect(() => {
    if (!linked) return;
    setOpen(true);
    element.current?.scrollIntoView({ block: "start" });
  }, [linked]);
  return (
    <details
      ref={element}
      id={operation.anchor}
      className={classes["operation"]}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className={classes["summary"]}>
        <span className={classes["method"]} data-method={operation.method}>
          {operation.method}
        </span>
        <span className={classes["path"]}>
          {props.base}
          {operation.path}
        </span>
        <span className={classes["title"]}>{operation.summary}</span>
      </summary>
      {open && <Body {...props} />}
    </details>
  );
}

function Body(props: { readonly operation: Operation; readonly document: ApiDocument; readonly base: string }) {
  const { operation, document, base } = props;
  const success = successOf(operation);
  const request = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const error = document.components?.schemas?.["Error"];
  const isPublic = operation.security?.length === 0;
  const parameters = operation.parameters ?? [];
  return (
    <div className={classes["body"]}>
      {operation.description !== undefined && <Text size="sm">{operation.description}</Text>}
      <Text size="sm">
        {isPublic ? (
          "Needs no credential."
        ) : operation["x-permission"] === undefined || operation["x-permission"] === "authenticated" ? (
          "Needs any valid credential."
        ) : (
          <>
            Needs the permission <Code>{operation["x-permission"]}</Code>.
          </>
        )}
      </Text>
      {parameters.length > 0 && (
        <Part title="Parameters">
          <SchemaTree
            label="Parameters"
            nodes={parameters.map((parameter) => ({
              ...readSchema(parameter.schema, document, parameter.name, parameter.required),
              description: [parameter.in === "path" ? "part of the path" : "", parameter.description ?? ""]
                .filter((text) => text !== "")
                .join("; "),
            }))}
          />
        </Part>
      )}
      {request !== undefined && (
        <Part title="Request">
          <SchemaTree label="Request" nodes={readSchema(request, document).children} />
        </Part>
      )}
      <Part title={`Reply: ${success.status}${success.type === undefined ? "" : `, ${success.type}`}`}>
        {success.schema === undefined ? (
          <Text size="sm" c="dimmed">
            Without a body.
          </Text>
        ) : (
          <Reply node={readSchema(success.schema, document)} />
        )}
      </Part>
      {error !== undefined && (
        <Part title="Refusals: any other status">
          <Text size="sm" c="dimmed" mb={4}>
            400 or 422: the request is wrong. 401: no valid credential. 403: the role lacks the permission. 404: it does
            not exist, or belongs to somebody else. 409: its state does not allow this now.
          </Text>
          <SchemaTree label="Refusal" nodes={readSchema(error, document).children} />
        </Part>
      )}
      <Part title="Example">
        <Snippet
          text={curlExample(operation, window.location.origin, base, document)}
          label={`curl ${operation.path}`}
        />
      </Part>
    </div>
  );
}

function Reply({ node }: { readonly node: ReturnType<typeof readSchema> }) {
  if (node.children.length === 0) return <Text size="sm">{node.type}</Text>;
  return (
    <>
      {node.type.startsWith("list") && <Text size="sm">{node.type}</Text>}
      <SchemaTree label="Reply" nodes={node.children} />
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" fw={600} c="dimmed" mb={4}>
        {title}
      </Text>
      {children}
    </div>
  );
}
