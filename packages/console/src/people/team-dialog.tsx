import { Button, Checkbox, Group, Modal, Radio, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Notice } from "../parts/notice.tsx";
import { useMay } from "../session/use-session.ts";
import { flagGroups, withFlags } from "./access-words.ts";
import { changeTeam, createTeam, type Team } from "./people-queries.ts";

/** Makes a team, or changes one. */
export function TeamDialog(props: {
  readonly team?: Team;
  readonly onClose: () => void;
  readonly onSaved: (team: Team) => void;
}) {
  const { team } = props;
  const queries = useQueryClient();
  const may = useMay();
  const mayGive = team === undefined ? may("team:write-access") : team.can_change_access;
  const isOwners = team?.is_owners ?? false;
  const [name, setName] = useState(team?.name ?? "");
  const [visibility, setVisibility] = useState<Team["visibility"]>(team?.visibility ?? "organization");
  const [tokens, setTokens] = useState(team?.allow_member_token_management ?? true);
  const [flags, setFlags] = useState<string[]>([...(team?.organization_access ?? [])]);
  const saving = useMutation({
    mutationFn: () => {
      const input = {
        ...(isOwners ? {} : { name: name.trim() }),
        visibility,
        allow_member_token_management: tokens,
        ...(mayGive ? { organization_access: withFlags(team?.organization_access ?? [], flags) } : {}),
      };
      return team === undefined ? createTeam(input) : changeTeam(team.id, input);
    },
    async onSuccess(saved) {
      await queries.invalidateQueries({ queryKey: ["teams"] });
      await queries.invalidateQueries({ queryKey: ["members"] });
      props.onSaved(saved);
    },
  });
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={team === undefined ? "New team" : `Change ${team.name}`}
      size="lg"
      centered
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            disabled={isOwners}
            {...(isOwners ? { description: "The team of the owners keeps its name." } : {})}
            maxLength={90}
            required
            data-autofocus
          />
          <Radio.Group label="Who knows of it" value={visibility} onChange={(value) => setVisibility(value)}>
            <Group mt={6}>
              <Radio value="organization" label="Everybody in the organization" />
              <Radio value="secret" label="Its members, and who manages teams" />
            </Group>
          </Radio.Group>
          <Switch
            label="Its members may make tokens of the team"
            checked={tokens}
            onChange={(event) => setTokens(event.currentTarget.checked)}
          />
          {!isOwners && (
            <Checkbox.Group
              label="What it may do in the whole organization"
              description={
                mayGive
                  ? "Access to single projects and workspaces is given there."
                  : "Needs the permission team:write-access."
              }
              value={flags}
              onChange={setFlags}
            >
              <SimpleGrid cols={{ base: 1, sm: 2 }} mt="sm">
                {flagGroups.map((group) => (
                  <Stack key={group.title} gap={6}>
                    <Text size="sm" fw={600}>
                      {group.title}
                    </Text>
                    {group.flags.map(({ flag, label }) => (
                      <Checkbox key={flag} value={flag} label={label} disabled={!mayGive} />
                    ))}
                  </Stack>
                ))}
              </SimpleGrid>
            </Checkbox.Group>
          )}
          {saving.error !== null && (
            <Notice tone="bad" urgent>
              {saving.error.message}
            </Notice>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending} disabled={name.trim() === ""}>
              {team === undefined ? "Make the team" : "Save"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
