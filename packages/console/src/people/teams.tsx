import { Button, Text } from "@mantine/core";
import { IconEyeOff, IconUsersPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { DataTable } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { LookBadge } from "../parts/status-badge.tsx";
import { useMay } from "../session/use-session.ts";
import { wordsOfFlags } from "./access-words.ts";
import { teamsQuery, type Team } from "./people-queries.ts";
import { TeamDialog } from "./team-dialog.tsx";

/** The teams that one may know of. */
export function Teams() {
  const may = useMay();
  const navigate = useNavigate();
  const query = useInfiniteQuery({ ...teamsQuery(), enabled: may("team:read") });
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title="Teams"
      description="Persons who get access together. What a team may do, each of its members may."
      actions={
        (query.data?.pages[0]?.can_create ?? false) && (
          <Button leftSection={<IconUsersPlus size={16} aria-hidden />} onClick={() => setMaking(true)}>
            New team
          </Button>
        )
      }
      padded={false}
    >
      <QueryView
        query={query}
        needs="team:read"
        what="The teams"
        isEmpty={(data) => data.pages[0]?.total === 0}
        empty={<Empty title="No team that you may know of" />}
      >
        {(data) => <TeamTable rows={data.pages.flatMap(({ teams }) => teams)} />}
      </QueryView>
      <LoadMore query={query} />
      {making && (
        <TeamDialog
          onClose={() => setMaking(false)}
          onSaved={(team) => {
            setMaking(false);
            void navigate({ to: "/people/teams/$teamId", params: { teamId: team.id } });
          }}
        />
      )}
    </Panel>
  );
}

function TeamTable({ rows }: { readonly rows: readonly Team[] }) {
  return (
    <DataTable
      label="Teams"
      rows={rows}
      rowKey={({ id }) => id}
      columns={[
        {
          key: "name",
          header: "Name",
          cell: ({ id, name }) => (
            <PageLink to="/people/teams/$teamId" params={{ teamId: id }}>
              {name}
            </PageLink>
          ),
        },
        { key: "members", header: "Members", numeric: true, width: 90, cell: (team) => team.member_count },
        {
          key: "access",
          header: "In the whole organization",
          cell: (team) => <Text size="sm">{describeAccess(team)}</Text>,
        },
        {
          key: "visibility",
          header: "Visibility",
          from: "sm",
          cell: (team) =>
            team.visibility === "secret" ? (
              <LookBadge look={{ label: "Secret", tone: "quiet", icon: IconEyeOff }} />
            ) : (
              "Organization"
            ),
        },
      ]}
    />
  );
}

/** What a team may do in the whole organization, in a line. */
export function describeAccess(team: Team): string {
  if (team.is_owners) return "Everything";
  const words = wordsOfFlags(team.organization_access);
  return words.length === 0 ? "–" : words.join(" · ");
}
