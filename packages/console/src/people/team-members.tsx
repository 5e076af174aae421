import { ActionIcon, Button, Group, Select, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconUserMinus } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DataTable } from "../parts/data-table.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { notifyDone, notifyFailure } from "../shell/notify.tsx";
import { changeTeamMember, memberChoiceQuery, teamMembersQuery, type Member, type Team } from "./people-queries.ts";

/** Who is in a team. */
export function TeamMembers({ team }: { readonly team: Team }) {
  const query = useInfiniteQuery(teamMembersQuery(team.id));
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ member, method }: { readonly member: string; readonly method: "PUT" | "DELETE" }) =>
      changeTeamMember(team.id, member, method),
    async onSuccess(_done, { method }) {
      await queries.invalidateQueries({ queryKey: ["teams"] });
      await queries.invalidateQueries({ queryKey: ["members"] });
      notifyDone(method === "PUT" ? `Added to ${team.name}.` : `Removed from ${team.name}.`);
    },
    onError: (error) => notifyFailure("The members were not changed", error),
  });
  return (
    <Panel title="Members" padded={false}>
      {team.can_change_members && (
        <AddMember onAdd={(member) => change.mutate({ member, method: "PUT" })} busy={change.isPending} />
      )}
      <QueryView
        query={query}
        what="The members of the team"
        isEmpty={(data) => data.pages[0]?.total === 0}
        empty={<Empty title="Nobody is in this team">Its tokens work all the same.</Empty>}
      >
        {(data) => (
          <DataTable
            label={`Members of ${team.name}`}
            rows={data.pages.flatMap(({ members }) => members)}
            rowKey={({ id }) => id}
            minWidth={360}
            columns={[
              {
                key: "who",
                header: "Who",
                cell: (member) => (
                  <>
                    {labelOf(member)}
                    {member.status === "invited" && (
                      <Text span size="xs" c="dimmed">
                        {" "}
                        (invited)
                      </Text>
                    )}
                  </>
                ),
              },
              ...(team.can_change_members
                ? [
                    {
                      key: "actions",
                      header: "Actions",
                      hideHeader: true,
                      width: 48,
                      cell: (member: Member) => (
                        <ActionIcon
                          variant="subtle"
                          color="red"
                          aria-label={`Take ${labelOf(member)} out of the team`}
                          onClick={() => change.mutate({ member: member.id, method: "DELETE" })}
                        >
                          <IconUserMinus size={18} aria-hidden />
                        </ActionIcon>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </QueryView>
      <LoadMore query={query} />
    </Panel>
  );
}

function AddMember({ onAdd, busy }: { readonly onAdd: (membershipId: string) => void; readonly busy: boolean }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 250);
  const { data } = useQuery(memberChoiceQuery(chosen === null ? asked : ""));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen === null) return;
        onAdd(chosen);
        setChosen(null);
        setText("");
      }}
    >
      <Group p="md" gap="xs" align="flex-end">
        <Select
          label="Add a member"
          placeholder="Name or address"
          data={(data?.members ?? []).map((member) => ({ value: member.id, label: labelOf(member) }))}
          value={chosen}
          onChange={setChosen}
          searchValue={text}
          onSearchChange={setText}
          searchable
          nothingFoundMessage="Nobody fits. Invite this person first."
          w={300}
        />
        <Button type="submit" variant="default" disabled={chosen === null} loading={busy}>
          Add
        </Button>
      </Group>
    </form>
  );
}

function labelOf({ user, email }: Member): string {
  return user?.name ?? email ?? "";
}
