import { Button, Radio, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { pathOf, relatedId } from "../api/json-api.ts";
import { namesQuery } from "../api/names.ts";
import { Identifier } from "../parts/identifier.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { useMay, useSession } from "../session/use-session.ts";
import { SettingsFrame } from "../settings/settings-frame.tsx";
import { useSave } from "../shell/use-save.ts";
import {
  attributesOfOrganization,
  organizationQuery,
  saveOrganization,
  type Organization,
  type OrganizationForm,
} from "./organization-queries.ts";

/** What holds for all of an organization, unless a project or a workspace says otherwise. */
export function OrganizationPage() {
  const { organization } = useSession();
  const may = useMay();
  const query = useQuery({ ...organizationQuery(organization.name), enabled: may("organization:read") });
  return (
    <SettingsFrame>
      <QueryView query={query} needs="organization:read" what="The organization">
        {(found) => <Defaults organization={found} />}
      </QueryView>
    </SettingsFrame>
  );
}

const modes = [
  { value: "remote", label: "Remote", description: "On any runner of this server." },
  { value: "agent", label: "Agent pool", description: "On the runners of one pool." },
  { value: "local", label: "Local", description: "Where the command line runs; only the state is kept here." },
] as const;

function Defaults({ organization }: { readonly organization: Organization }) {
  const { attributes } = organization;
  const readOnly = attributes.permissions["can-update"] !== true;
  const { saving, save } = useSave(["organization", "workspaces"]);
  const [changes, setChanges] = useState<Partial<OrganizationForm>>({});
  const form: OrganizationForm = {
    email: attributes.email ?? "",
    mode: attributes["default-execution-mode"],
    pool: relatedId(organization, "default-agent-pool"),
    assessmentsEnforced: attributes["assessments-enforced"],
    userTokensEnabled: attributes["user-tokens-enabled"],
    ...changes,
  };
  const fields: FieldProps = {
    form,
    readOnly,
    change: (patch) => setChanges((before) => ({ ...before, ...patch })),
  };

  async function submit(): Promise<void> {
    const body = attributesOfOrganization(form, changes);
    if (await save(() => saveOrganization(attributes.name, body.attributes, body.pool))) setChanges({});
  }

  return (
    <Panel title={attributes.name} description={<Identifier value={attributes["external-id"]} />}>
      <Stack gap="md" maw={640}>
        <ModeFields {...fields} />
        <OtherFields {...fields} />
        {readOnly ? (
          <Text size="sm" c="dimmed">
            Your role may see these settings and not change them.
          </Text>
        ) : (
          <div>
            <Button
              loading={saving}
              disabled={Object.keys(changes).length === 0 || (form.mode === "agent" && form.pool === null)}
              onClick={() => void submit()}
            >
              Save
            </Button>
          </div>
        )}
      </Stack>
    </Panel>
  );
}

interface FieldProps {
  readonly form: OrganizationForm;
  readonly readOnly: boolean;
  readonly change: (patch: Partial<OrganizationForm>) => void;
}

function ModeFields({ form, readOnly, change }: FieldProps) {
  const { organization } = useSession();
  const pools = useQuery({
    ...namesQuery("agent-pools", `${pathOf("organizations", organization.name)}/agent-pools`),
    enabled: form.mode === "agent",
  });
  return (
    <>
      <Radio.Group
        label="Where runs are carried out"
        description="In projects and workspaces that say nothing else."
        value={form.mode}
        onChange={(mode) => change({ mode })}
      >
        <Stack gap="xs" mt={6}>
          {modes.map((mode) => (
            <Radio key={mode.value} {...mode} disabled={readOnly} />
          ))}
        </Stack>
      </Radio.Group>
      {form.mode === "agent" && (
        <Select
          label="Agent pool"
          searchable
          allowDeselect={false}
          disabled={readOnly}
          data={(pools.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={form.pool}
          onChange={(pool) => change({ pool })}
        />
      )}
    </>
  );
}

function OtherFields({ form, readOnly, change }: FieldProps) {
  return (
    <>
      <Switch
        label="Assess every workspace"
        description="Looks for drift on a schedule, whatever the workspaces say."
        checked={form.assessmentsEnforced}
        disabled={readOnly}
        onChange={(event) => change({ assessmentsEnforced: event.currentTarget.checked })}
      />
      <Switch
        label="Take the tokens of persons"
        description="Switched off, only tokens of teams and of the organization work; people still use the console."
        checked={form.userTokensEnabled}
        disabled={readOnly}
        onChange={(event) => change({ userTokensEnabled: event.currentTarget.checked })}
      />
      <TextInput
        label="E-mail address"
        description="Whom to write to about the organization."
        type="email"
        maxLength={300}
        disabled={readOnly}
        value={form.email}
        onChange={(event) => change({ email: event.currentTarget.value })}
      />
    </>
  );
}
