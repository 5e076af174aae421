import type { SchemaNode } from "./openapi.ts";
import classes from "./reference.module.css";

// Deeper than this the members are closed at first.
const openDepth = 1;

/** Members with their types; members of members can be opened. */
export function SchemaTree({
  nodes,
  label,
  depth = 0,
}: {
  readonly nodes: readonly SchemaNode[];
  readonly label?: string;
  readonly depth?: number;
}) {
  return (
    <ul className={classes["tree"]} {...(label === undefined ? {} : { "aria-label": label })}>
      {nodes.map((node, index) => (
        <li key={`${node.name} ${String(index)}`}>
          {node.children.length === 0 ? (
            <div className={classes["member"]}>
              <Member node={node} />
            </div>
          ) : (
            <details open={depth < openDepth && node.children.length <= 8}>
              <summary className={classes["member"]}>
                <Member node={node} />
              </summary>
              <SchemaTree nodes={node.children} depth={depth + 1} />
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}

function Member({ node }: { readonly node: SchemaNode }) {
  return (
    <>
      <span className={classes["name"]}>{node.name}</span>
      {!node.required && <span className={classes["optional"]}>optional</span>}{" "}
      <span className={classes["type"]}>{node.type}</span>
      {node.values.length > 0 && (
        <span className={classes["values"]}>
          {" "}
          {node.values.map((value, index) => (
            <span key={value}>
              {index > 0 && " "}
              <code>{value}</code>
            </span>
          ))}
        </span>
      )}
      {node.description !== "" && <span className={classes["description"]}> {node.description}</span>}
    </>
  );
}
