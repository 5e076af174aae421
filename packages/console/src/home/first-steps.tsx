import { Stepper, Stack, Text } from "@mantine/core";
import { Panel } from "../parts/panel.tsx";
import { Snippet } from "../parts/snippet.tsx";

const steps = [
  {
    label: "Build an image",
    description: "Packer and the ingot command find this server by their environment.",
    text: 'eval "$(ingot env)"\npacker build .        # or: ingot build DIRECTORY',
  },
  {
    label: "Promote it",
    description: "Consumers read a channel. Make one, and let it point at the first version.",
    text: "ingot promote IMAGE v1 production",
  },
  {
    label: "Run something from it",
    description:
      "A workspace that reads the channel is known from its first state, and follows when the channel moves.",
    text: "tofu init && tofu apply",
  },
] as const;

/** What to do with an installation in which nothing has happened yet. */
export function FirstSteps() {
  return (
    <Panel
      title="First steps"
      description="Nothing is here yet. Three commands from a golden image to knowing who runs it:"
    >
      <Stepper
        active={-1}
        orientation="vertical"
        size="sm"
        iconSize={30}
        styles={{ stepBody: { flex: 1, minWidth: 0 } }}
      >
        {steps.map((step) => (
          <Stepper.Step
            key={step.label}
            label={step.label}
            description={
              <Stack gap={6} maw={620}>
                <Text size="sm" c="dimmed">
                  {step.description}
                </Text>
                <Snippet label={step.label} text={step.text} />
              </Stack>
            }
          />
        ))}
      </Stepper>
    </Panel>
  );
}
