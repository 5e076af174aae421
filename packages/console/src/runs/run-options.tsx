import { Group, Text } from "@mantine/core";
import { Panel } from "../parts/panel.tsx";
import type { RunOptions } from "./run-options-query.ts";
import { unusualOptions } from "./run-words.ts";
import classes from "../workspaces/workspaces.module.css";

/** What was asked for beyond the usual plan of everything; nothing when nothing was. */
export function RunOptionsPanel({ options }: { readonly options: RunOptions }) {
  const unusual = unusualOptions(options);
  if (unusual.length === 0) return null;
  return (
    <Panel title="Asked for">
      <dl className={classes["facts"]}>
        {unusual.map(({ name, values }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Group gap="4px 12px">
                {values.map((value) => (
                  <Text key={value} span size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                    {value}
                  </Text>
                ))}
              </Group>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
