import { Checkbox, Group, Radio, Stack } from "@mantine/core";
import { stageKinds, stageNames, type StageKind } from "../runs/stages/stage-words.ts";

type Level = "advisory" | "mandatory";

const levels: readonly { readonly value: Level; readonly label: string; readonly description: string }[] = [
  { value: "advisory", label: "Advisory", description: "What it says is shown, and the run goes on." },
  { value: "mandatory", label: "Mandatory", description: "The run stops unless it passes." },
];

/** When a run task is asked, and what its answer does. */
export function StageFields(props: {
  readonly stages: readonly StageKind[];
  readonly level: Level;
  readonly onChange: (fields: { readonly stages: readonly StageKind[]; readonly level: Level }) => void;
}) {
  const { stages, level, onChange } = props;
  return (
    <>
      <Checkbox.Group
        label="It is asked"
        value={[...stages]}
        onChange={(chosen) => onChange({ level, stages: stageKinds.filter((kind) => chosen.includes(kind)) })}
      >
        <Group mt={6}>
          {stageKinds.map((kind) => (
            <Checkbox key={kind} value={kind} label={stageNames[kind]} />
          ))}
        </Group>
      </Checkbox.Group>
      <Radio.Group label="Its answer is" value={level} onChange={(value) => onChange({ stages, level: value })}>
        <Stack gap="xs" mt={6}>
          {levels.map((choice) => (
            <Radio key={choice.value} {...choice} />
          ))}
        </Stack>
      </Radio.Group>
    </>
  );
}
