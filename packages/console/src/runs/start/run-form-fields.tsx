import { Button, Checkbox, Collapse, Radio, Stack, TagsInput, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Notice } from "../../parts/notice.tsx";
import { RunVariableFields } from "./run-variable-fields.tsx";
import { defaultMessages, optionsOf, runKinds, type RunForm } from "./run-form.ts";

const addressesMax = 1000;

/** What a run does and with which options. */
export function RunFormFields(props: {
  readonly form: RunForm;
  readonly onChange: (form: RunForm) => void;
  readonly appliesByItself: boolean;
  readonly mayDestroy: boolean;
}) {
  const { form, onChange } = props;
  const [more, { toggle }] = useDisclosure(false);
  const asksNobody = props.appliesByItself && form.kind !== "plan" && form.kind !== "save";
  return (
    <Stack gap="sm">
      <Radio.Group value={form.kind} onChange={(kind) => onChange({ ...form, kind })} label="What it does">
        <Stack gap="xs" mt={6}>
          {runKinds.map((choice) => {
            const forbidden = choice.value === "destroy" && !props.mayDestroy;
            return (
              <Radio
                key={choice.value}
                value={choice.value}
                label={choice.label}
                description={forbidden ? "The settings of this workspace do not allow it." : choice.description}
                disabled={forbidden}
              />
            );
          })}
        </Stack>
      </Radio.Group>
      <TextInput
        label="Message"
        description="Why, for whoever reads the list of runs."
        placeholder={defaultMessages[form.kind]}
        maxLength={1000}
        value={form.message}
        onChange={(event) => onChange({ ...form, message: event.currentTarget.value })}
      />
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={more ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          aria-expanded={more}
          onClick={toggle}
        >
          More options
        </Button>
        <Collapse expanded={more}>
          <MoreOptions form={form} onChange={onChange} />
        </Collapse>
      </div>
      {asksNobody && (
        <Notice tone={form.kind === "destroy" ? "bad" : "warn"}>
          This workspace applies by itself: when the plan is ready it is applied without asking again.
        </Notice>
      )}
    </Stack>
  );
}

function MoreOptions({ form, onChange }: { readonly form: RunForm; readonly onChange: (form: RunForm) => void }) {
  const has = optionsOf(form.kind);
  return (
    <Stack gap="sm" pt="xs">
      <TagsInput
        label="Only these resources"
        description="Addresses, and whatever they depend on. For repairs: the rest is neither planned nor applied."
        placeholder={form.targets.length === 0 ? "module.network, or aws_instance.web[0]" : ""}
        maxTags={addressesMax}
        value={[...form.targets]}
        onChange={(targets) => onChange({ ...form, targets })}
      />
      {has.replace && (
        <TagsInput
          label="Replace these resources"
          description="Addresses of what is destroyed and made again, whether it differs or not."
          maxTags={addressesMax}
          value={[...form.replaces]}
          onChange={(replaces) => onChange({ ...form, replaces })}
        />
      )}
      <RunVariableFields variables={form.variables} onChange={(variables) => onChange({ ...form, variables })} />
      {has.refresh && (
        <Checkbox
          label="Do not look at what is there first"
          description="Quicker; what changed outside is not noticed."
          checked={!form.refresh}
          onChange={(event) => onChange({ ...form, refresh: !event.currentTarget.checked })}
        />
      )}
      {has.empty && (
        <Checkbox
          label="Apply even without changes"
          description="For a new version of the engine to write the state anew."
          checked={form.allowEmptyApply}
          onChange={(event) => onChange({ ...form, allowEmptyApply: event.currentTarget.checked })}
        />
      )}
    </Stack>
  );
}
