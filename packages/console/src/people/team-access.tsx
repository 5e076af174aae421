import { ActionIcon, Button, Group, NativeSelect, Select, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { notifyDone, notifyFailure } from "../shell/notify.tsx";
import { levelWords } from "./access-words.ts";
import {
  changeAccess,
  giveAccess,
  takeAccess,
  teamAccessQuery,
  teamChoiceQuery,
  type AccessPlace,
  type TeamAccess,
} from "./people-queries.ts";

/** Which teams have access to a project or to a workspace. `name`: of the place, for people. */
export function TeamAccessPanel({ place, name }: { readonly place: AccessPlace; readonly name: string }) {
  const query = useInfiniteQuery(teamAccessQuery(place));
  const queries = useQueryClient();
  const [taking, setTaking] = useState<TeamAccess>();
  const first = query.data?.pages[0];
  const refresh = () => queries.invalidateQueries({ queryKey: ["team-access"] });
  const change = useMutation({
    mutationFn: ({ id, level }: { readonly id: string; readonly level: string }) => changeAccess(id, level),
    async onSuccess() {
      await refresh();
      notifyDone("Saved.");
    },
    onError: (error) => notifyFailure("The access was not changed", error),
  });
  return (
    <Panel
      title="Teams with access"
      description={
        place.kind === "project"
          ? "To this project and all its workspaces, beside what teams may do in the whole organization."
          : "To this workspace, beside what teams may do in its project and in the whole organization."
      }
      padded={false}
    >
      {first?.can_change === true && (
        <GiveAccess place={place} levels={first.levels} given={query.data?.pages.flatMap((p) => p.team_access) ?? []} />
      )}
      <QueryView
        query={query}
        what="The access of teams"
        isEmpty={(data) => data.pages[0]?.total === 0}
        empty={<Empty title={`No team has access to ${name} alone`}>The owners always have.</Empty>}
      >
        {(data) => (
          <AccessTable
            rows={data.pages.flatMap((page) => page.team_access)}
            levels={data.pages[0]?.levels ?? []}
            mayChange={data.pages[0]?.can_change ?? false}
            onChange={(access, level) => change.mutate({ id: access.id, level })}
            onTake={setTaking}
          />
        )}
      </QueryView>
      <LoadMore query={query} />
      <ConfirmDialog
        opened={taking !== undefined}
        onClose={() => setTaking(undefined)}
        title="Take this access away?"
        confirm="Take it away"
        danger
        onConfirm={async () => {
          if (taking === undefined) return;
          await takeAccess(taking.id);
          await refresh();
          notifyDone(`${taking.team.name} has no access of its own to ${name} any more.`);
        }}
      >
        {`${taking?.team.name ?? ""} keeps what it may do elsewhere.`}
      </ConfirmDialog>
    </Panel>
  );
}

function AccessTable(props: {
  readonly rows: readonly TeamAccess[];
  readonly levels: readonly string[];
  readonly mayChange: boolean;
  readonly onChange: (access: TeamAccess, level: string) => void;
  readonly onTake: (access: TeamAccess) => void;
}) {
  const { levels, mayChange, onChange, onTake } = props;
  return (
    <DataTable
      label="Teams with access"
      rows={props.rows}
      rowKey={({ id }) => id}
      minWidth={520}
      columns={[
        {
          key: "team",
          header: "Team",
          cell: ({ team }) => (
            <PageLink to="/people/teams/$teamId" params={{ teamId: team.id }}>
              {team.name}
            </PageLink>
          ),
        },
        {
          key: "level",
          header: "Access",
          width: 170,
          cell: (access) =>
            mayChange ? (
              <NativeSelect
                aria-label={`Access of ${access.team.name}`}
                value={access.level}
                onChange={(event) => onChange(access, event.currentTarget.value)}
                data={[...levels, ...(access.level === "custom" ? ["custom"] : [])].map((level) => ({
                  value: level,
                  label: labelOf(level),
                }))}
                size="xs"
              />
            ) : (
              labelOf(access.level)
            ),
        },
        {
          key: "meaning",
          header: "Lets it",
          from: "sm",
          cell: ({ level }) => (
            <Text size="sm" c="dimmed">
              {levelWords[level]?.meaning}
            </Text>
          ),
        },
        ...(mayChange
          ? [
              {
                key: "actions",
                header: "Actions",
                hideHeader: true,
                width: 48,
                cell: (access: TeamAccess) => (
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    aria-label={`Take the access of ${access.team.name} away`}
                    onClick={() => onTake(access)}
                  >
                    <IconTrash size={18} aria-hidden />
                  </ActionIcon>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function labelOf(level: string): string {
  return levelWords[level]?.label ?? level;
}

function GiveAccess(props: {
  readonly place: AccessPlace;
  readonly levels: readonly string[];
  readonly given: readonly TeamAccess[];
}) {
  const { place, levels, given } = props;
  const queries = useQueryClient();
  const { data } = useQuery(teamChoiceQuery(""));
  const [team, setTeam] = useState<string | null>(null);
  const [level, setLevel] = useState("read");
  const teams = (data?.teams ?? []).filter(
    (one) => !one.is_owners && !given.some((access) => access.team.id === one.id),
  );
  const giving = useMutation({
    mutationFn: (teamId: string) => giveAccess(place, teamId, level),
    async onSuccess(access) {
      setTeam(null);
      await queries.invalidateQueries({ queryKey: ["team-access"] });
      notifyDone(`${access.team.name} has access.`);
    },
    onError: (error) => notifyFailure("No access was given", error),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (team !== null) giving.mutate(team);
      }}
    >
      <Group p="md" gap="xs" align="flex-end">
        <Select
          label="Give a team access"
          placeholder={teams.length === 0 ? "No other team" : "Team"}
          data={teams.map(({ id, name }) => ({ value: id, label: name }))}
          value={team}
          onChange={setTeam}
          searchable
          nothingFoundMessage="No such team"
          w={240}
        />
        <NativeSelect
          label="Level"
          value={level}
          onChange={(event) => setLevel(event.currentTarget.value)}
          data={levels.map((value) => ({ value, label: labelOf(value) }))}
          w={140}
        />
        <Button type="submit" variant="default" disabled={team === null} loading={giving.isPending}>
          Give access
        </Button>
        <Text size="sm" c="dimmed" pb={8}>
          {levelWords[level]?.meaning}
        </Text>
      </Group>
    </form>
  );
}
