import { Button, Group, NumberInput, Radio, Stack, Switch, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { FollowSetting } from "../../api/types.ts";
import { Panel } from "../../parts/panel.tsx";
import { useMay } from "../../session/use-session.ts";
import { notifyDone, notifyFailure } from "../../shell/notify.tsx";
import { Follows } from "../workspace-overview.tsx";
import { changeWorkspaceSettings, type WorkspaceDetail, type WorkspacePatch } from "../workspace-queries.ts";

const follows: readonly { readonly value: FollowSetting; readonly label: string; readonly description: string }[] = [
  { value: "off", label: "Off", description: "Nothing happens. The images stay as they are until somebody runs." },
  { value: "notify", label: "Notify", description: "Nothing is run. Whoever is told of channel moves hears of it." },
  { value: "plan", label: "Plan", description: "A run is planned and waits for approval." },
  { value: "apply", label: "Apply", description: "A run is planned and applied without asking." },
];

/** What a workspace does about its images, and how it is looked at. */
export function ImagesSettings({ workspace }: { readonly workspace: WorkspaceDetail }) {
  const may = useMay();
  const readOnly = !may("workspace:write");
  return (
    <>
      <FollowPanel workspace={workspace} readOnly={readOnly} />
      <AssessmentPanel workspace={workspace} readOnly={readOnly} />
      <LimitsPanel workspace={workspace} readOnly={readOnly} />
      <Follows workspace={workspace} />
    </>
  );
}

interface PanelProps {
  readonly workspace: WorkspaceDetail;
  readonly readOnly: boolean;
}

/** Saves a part of the settings and says how it went; true when it is saved. */
function useSave(workspaceId: string): { saving: boolean; save: (patch: WorkspacePatch) => Promise<boolean> } {
  const queries = useQueryClient();
  const [saving, setSaving] = useState(false);
  async function save(patch: WorkspacePatch): Promise<boolean> {
    setSaving(true);
    try {
      await changeWorkspaceSettings(workspaceId, patch);
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["workspaces"] }),
        queries.invalidateQueries({ queryKey: ["assessments", "health", workspaceId] }),
      ]);
      notifyDone("Saved.");
      return true;
    } catch (error) {
      notifyFailure("The settings were not saved", error);
      return false;
    } finally {
      setSaving(false);
    }
  }
  return { saving, save };
}

function FollowPanel({ workspace, readOnly }: PanelProps) {
  const { saving, save } = useSave(workspace.id);
  const [chosen, setChosen] = useState<FollowSetting>();
  const value = chosen ?? workspace.settings.follow;
  return (
    <Panel title="When a channel moves that it follows">
      <Radio.Group aria-label="When a channel moves that it follows" value={value} onChange={(next) => setChosen(next)}>
        <Stack gap="xs">
          {follows.map((choice) => (
            <Radio
              key={choice.value}
              value={choice.value}
              label={choice.label}
              description={choice.description}
              disabled={readOnly}
            />
          ))}
        </Stack>
      </Radio.Group>
      {!readOnly && (
        <Button
          mt="md"
          loading={saving}
          disabled={value === workspace.settings.follow}
          onClick={() => void save({ follow: value }).then((saved) => saved && setChosen(undefined))}
        >
          Save
        </Button>
      )}
    </Panel>
  );
}

function AssessmentPanel({ workspace, readOnly }: PanelProps) {
  const { saving, save } = useSave(workspace.id);
  const { assessments_enabled: enabled, assessments_enforced: enforced } = workspace.settings;
  return (
    <Panel title="Assessments">
      <Switch
        label="Assess on a schedule"
        description={
          enforced
            ? "The organization demands it for all workspaces."
            : "Looks for drift and evaluates the checks of the configuration. It changes nothing, and never runs beside a run."
        }
        checked={enabled || enforced}
        disabled={readOnly || enforced || saving}
        onChange={(event) => void save({ assessments_enabled: event.currentTarget.checked })}
      />
    </Panel>
  );
}

function LimitsPanel({ workspace, readOnly }: PanelProps) {
  const { settings } = workspace;
  const { saving, save } = useSave(workspace.id);
  const [age, setAge] = useState<number | string>(settings.image_age_days_max ?? "");
  const [behind, setBehind] = useState<number | string>(settings.image_behind_days_max ?? "");
  const daysOf = (value: number | string) => (value === "" ? null : Number(value));
  const changed = daysOf(age) !== settings.image_age_days_max || daysOf(behind) !== settings.image_behind_days_max;
  return (
    <Panel
      title="Limits of the image checks"
      description="Revoked images and revocations that are scheduled are always checked."
    >
      <Group align="flex-start">
        <NumberInput
          label="Oldest image"
          description="In days; empty: any age."
          suffix=" days"
          min={1}
          max={36_500}
          allowDecimal={false}
          value={age}
          onChange={setAge}
          disabled={readOnly}
          w={240}
        />
        <NumberInput
          label="Longest behind its channel"
          description="In days; empty: any time."
          suffix=" days"
          min={1}
          max={36_500}
          allowDecimal={false}
          value={behind}
          onChange={setBehind}
          disabled={readOnly}
          w={240}
        />
      </Group>
      {!readOnly && (
        <Button
          mt="md"
          loading={saving}
          disabled={!changed}
          onClick={() => void save({ image_age_days_max: daysOf(age), image_behind_days_max: daysOf(behind) })}
        >
          Save
        </Button>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        A check that fails opens an alert, and resolves it when it passes again.
      </Text>
    </Panel>
  );
}
