import { IconArrowRight } from "@tabler/icons-react";
import { LookBadge } from "../parts/status-badge.tsx";
import { plural } from "../parts/plural.ts";
import { Time } from "../parts/time.tsx";
import { leftOut, lookOfChange, sortAttributes, sortChanges } from "./describe-change.ts";
import type { AttributeChange, OutputChange, ResourceChange } from "./resource-change.ts";
import { Value } from "./value.tsx";
import classes from "./changes.module.css";

/** Resources that change, each with its attributes before and after. A few are open from the start; many are closed. */
export function ChangeList({
  changes,
  sort,
}: {
  readonly changes: readonly ResourceChange[];
  readonly sort: "plan" | "drift";
}) {
  const sorted = sortChanges(changes);
  const open = sorted.length <= 6;
  return (
    <div>
      {sorted.map((change) => (
        <details key={change.address} className={classes["item"]} open={open}>
          <summary className={classes["summary"]}>
            <LookBadge look={lookOfChange(change, sort)} />
            <span className={classes["address"]}>{change.address}</span>
            <span className={classes["right"]}>
              {change.since != null ? (
                <>
                  since <Time at={change.since} />
                </>
              ) : (
                change.attributes.length > 0 && plural(change.attributes.length, "attribute")
              )}
            </span>
          </summary>
          <ChangeBody change={change} sort={sort} />
        </details>
      ))}
    </div>
  );
}

function ChangeBody({ change, sort }: { readonly change: ResourceChange; readonly sort: "plan" | "drift" }) {
  const more = leftOut(change.attributes_left_out);
  return (
    <div className={classes["body"]}>
      {change.reason !== null && <div className={classes["reason"]}>{change.reason}</div>}
      {change.attributes.length > 0 ? (
        <Attributes
          attributes={sortAttributes(change.attributes)}
          sort={sort}
          label={`Attributes of ${change.address}`}
        />
      ) : (
        <span className={classes["faint"]}>No attribute differs.</span>
      )}
      {more !== undefined && <span className={classes["faint"]}>{more}</span>}
    </div>
  );
}

const sides = { plan: ["Before", "After"], drift: ["As applied", "As found"] } as const;

function Attributes(props: {
  readonly attributes: readonly AttributeChange[];
  readonly sort: "plan" | "drift";
  readonly label: string;
}) {
  const [left, right] = sides[props.sort];
  return (
    <div className={classes["attributes"]} role="table" aria-label={props.label}>
      <div className={`${classes["row"] ?? ""} ${classes["head"] ?? ""}`} role="row">
        <span role="columnheader">Attribute</span>
        <span role="columnheader">{left}</span>
        <span role="presentation" />
        <span role="columnheader">{right}</span>
      </div>
      {props.attributes.map((attribute) => (
        <div key={attribute.path} className={classes["row"]} role="row">
          <span className={classes["path"]} role="cell">
            {attribute.path}
            {attribute.forces_replacement && (
              <>
                {" "}
                <span className={classes["forces"]}>forces replacement</span>
              </>
            )}
          </span>
          <span
            className={`${classes["value"] ?? ""} ${classes[props.sort === "plan" ? "before" : "applied"] ?? ""}`}
            role="cell"
            data-label={left}
          >
            <Value value={attribute.before} sensitive={attribute.sensitive} />
          </span>
          <span className={classes["arrow"]} role="presentation">
            <IconArrowRight size={14} aria-hidden />
          </span>
          <span
            className={`${classes["value"] ?? ""} ${classes[props.sort === "plan" ? "after" : "found"] ?? ""}`}
            role="cell"
            data-label={right}
          >
            <Value value={attribute.after} sensitive={attribute.sensitive} unknown={attribute.unknown} />
          </span>
        </div>
      ))}
    </div>
  );
}

/** Outputs that change, as attributes are shown. */
export function OutputChanges({ outputs }: { readonly outputs: readonly OutputChange[] }) {
  return (
    <div className={classes["body"]} style={{ paddingTop: 8 }}>
      <Attributes
        label="Outputs"
        sort="plan"
        attributes={outputs.map((output) => ({
          path: output.name,
          before: output.before,
          after: output.after,
          sensitive: output.sensitive,
          unknown: output.action !== "delete" && !("after" in output) && !output.sensitive,
          forces_replacement: false,
        }))}
      />
    </div>
  );
}
