import { Button, Group, Modal, MultiSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { invite, teamChoiceQuery, type Invited } from "./people-queries.ts";

export function InviteDialog(props: { readonly onClose: () => void; readonly onInvited: (invited: Invited) => void }) {
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [teamIds, setTeamIds] = useState<string[]>([]);
  const [search, setSearch] = useState("");
  const { data } = useQuery(teamChoiceQuery(""));
  const teams = (data?.teams ?? []).filter((team) => team.can_change_members);
  const invitation = useMutation({
    mutationFn: () => invite(email.trim(), teamIds),
    async onSuccess(invited) {
      await queries.invalidateQueries({ queryKey: ["members"] });
      await queries.invalidateQueries({ queryKey: ["teams"] });
      props.onInvited(invited);
    },
  });
  return (
    <Modal opened onClose={props.onClose} title="Invite a person" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          invitation.mutate();
        }}
      >
        <Stack>
          <TextInput
            label="E-mail address"
            type="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={invitation.error?.message}
            autoComplete="off"
            required
            data-autofocus
          />
          <MultiSelect
            label="Teams"
            description="What a member may do comes from its teams. They can be changed later."
            data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            value={teamIds}
            onChange={setTeamIds}
            searchValue={search}
            onSearchChange={setSearch}
            searchable
            nothingFoundMessage="No such team"
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={invitation.isPending} disabled={email.trim() === ""}>
              Invite
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
