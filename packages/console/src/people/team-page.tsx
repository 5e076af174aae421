import { Button, Stack } from "@mantine/core";
import { IconEyeOff, IconPencil, IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { Identifier } from "../parts/identifier.tsx";
import { PageLink } from "../parts/link.tsx";
import { PageHeader } from "../parts/page-header.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { LookBadge } from "../parts/status-badge.tsx";
import { notifyDone } from "../shell/notify.tsx";
import { TokenPanel } from "../tokens/token-panel.tsx";
import { teamTokens } from "../tokens/token-queries.ts";
import { deleteTeam, teamQuery, type Team } from "./people-queries.ts";
import { TeamDialog } from "./team-dialog.tsx";
import { TeamMembers } from "./team-members.tsx";
import { describeAccess } from "./teams.tsx";

const route = getRouteApi("/shell/people/teams/$teamId");

/** One team: what it may do, who is in it, and its tokens. */
export function TeamPage() {
  const { teamId } = route.useParams();
  const query = useQuery(teamQuery(teamId));
  return (
    <QueryView query={query} what="The team">
      {(team) => <TeamView team={team} />}
    </QueryView>
  );
}

function TeamView({ team }: { readonly team: Team }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [changing, setChanging] = useState(false);
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <PageHeader
        title={team.name}
        trail={[
          <PageLink key="people" to="/people">
            People
          </PageLink>,
          <PageLink key="teams" to="/people/teams">
            Teams
          </PageLink>,
        ]}
        status={
          team.visibility === "secret" && <LookBadge look={{ label: "Secret", tone: "quiet", icon: IconEyeOff }} />
        }
        description={
          <>
            In the whole organization: {describeAccess(team)} <br />
            <Identifier value={team.id} />
          </>
        }
        actions={
          <>
            {team.can_change && (
              <Button
                variant="default"
                leftSection={<IconPencil size={16} aria-hidden />}
                onClick={() => setChanging(true)}
              >
                Change
              </Button>
            )}
            {team.can_delete && (
              <Button
                variant="default"
                leftSection={<IconTrash size={16} aria-hidden />}
                onClick={() => setDeleting(true)}
              >
                Delete
              </Button>
            )}
          </>
        }
      />
      <Stack gap="md" maw={900}>
        <TeamMembers team={team} />
        {team.can_manage_tokens && (
          <TokenPanel
            title="Tokens of the team"
            description="They do what the team may do, whoever is in it: for pipelines, which are nobody."
            tokens={teamTokens(team.id)}
          />
        )}
      </Stack>
      {changing && (
        <TeamDialog
          team={team}
          onClose={() => setChanging(false)}
          onSaved={() => {
            setChanging(false);
            notifyDone("Saved.");
          }}
        />
      )}
      <ConfirmDialog
        opened={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete the team ${team.name}?`}
        confirm="Delete"
        danger
        typed={team.name}
        onConfirm={async () => {
          await deleteTeam(team.id);
          notifyDone(`The team ${team.name} was deleted.`);
          await navigate({ to: "/people/teams" });
          queries.removeQueries({ queryKey: ["teams", "one", team.id] });
          await queries.invalidateQueries({ queryKey: ["teams"] });
        }}
      >
        Its access to the organization, to projects and to workspaces ends, and its tokens with it. Its members stay in
        the organization.
      </ConfirmDialog>
    </>
  );
}
