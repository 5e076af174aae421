import { ActionIcon, Box, Button, Group, Menu, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import {
  IconCircleCheck,
  IconClock,
  IconDots,
  IconLock,
  IconMailForward,
  IconMailX,
  IconSearch,
  IconTrash,
  IconUserPlus,
} from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../parts/confirm-dialog.tsx";
import { DataTable } from "../parts/data-table.tsx";
import { PageLink } from "../parts/link.tsx";
import { LoadMore } from "../parts/load-more.tsx";
import { Notice } from "../parts/notice.tsx";
import { Panel } from "../parts/panel.tsx";
import { QueryView } from "../parts/query-view.tsx";
import { Empty } from "../parts/states.tsx";
import { LookBadge } from "../parts/status-badge.tsx";
import { Time } from "../parts/time.tsx";
import { useSession } from "../session/use-session.ts";
import { notifyDone, notifyFailure } from "../shell/notify.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import { inviteAgain, membersQuery, removeMember, type Invited, type Member } from "./people-queries.ts";

/** Who is in the organization, and who is asked to be. */
export function Members() {
  const { organization } = useSession();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 250);
  const query = useInfiniteQuery(membersQuery(asked));
  const [inviting, setInviting] = useState(false);
  const [invited, setInvited] = useState<Invited>();
  const [removing, setRemoving] = useState<Member>();
  const queries = useQueryClient();
  const first = query.data?.pages[0];
  const mayManage = first?.can_manage ?? false;
  const renewal = useMutation({
    mutationFn: (member: Member) => inviteAgain(member.id),
    onSuccess: async (again) => {
      await queries.invalidateQueries({ queryKey: ["members"] });
      setInvited(again);
    },
    onError: (error) => notifyFailure("The invitation was not sent again", error),
  });
  return (
    <Panel
      title="Members"
      description="Persons of this organization, and those who are invited."
      actions={
        mayManage && (
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
            Invite
          </Button>
        )
      }
      padded={false}
    >
      {first !== undefined && !mayManage && (
        <Box p="md">
          <Notice tone="quiet" icon={IconLock}>
            You see yourself alone: who else is in the organization is shown to those who manage its members.
          </Notice>
        </Box>
      )}
      {mayManage && (
        <TextInput
          aria-label="Search by name or address"
          placeholder="Name or address"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          maw={320}
          m="md"
        />
      )}
      <QueryView
        query={query}
        what="The members"
        isEmpty={(data) => data.pages[0]?.total === 0}
        empty={<Empty title="Nobody fits">Nobody&apos;s name or address has this in it.</Empty>}
      >
        {(data) => (
          <MemberTable
            rows={data.pages.flatMap(({ members }) => members)}
            mayManage={mayManage}
            onInviteAgain={(member) => renewal.mutate(member)}
            onRemove={setRemoving}
          />
        )}
      </QueryView>
      <LoadMore query={query} />
      {inviting && (
        <InviteDialog
          onClose={() => setInviting(false)}
          onInvited={(made) => {
            setInviting(false);
            setInvited(made);
          }}
        />
      )}
      {invited !== undefined && <LinkDialog invited={invited} onClose={() => setInvited(undefined)} />}
      <ConfirmDialog
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={removing?.status === "invited" ? "Take this invitation back?" : "Remove this member?"}
        confirm={removing?.status === "invited" ? "Take it back" : "Remove"}
        danger
        onConfirm={async () => {
          if (removing === undefined) return;
          await removeMember(removing.id);
          notifyDone(removing.status === "invited" ? "The invitation was taken back." : "Removed.");
          await queries.invalidateQueries({ queryKey: ["members"] });
          await queries.invalidateQueries({ queryKey: ["teams"] });
        }}
      >
        {removing?.status === "invited"
          ? `The links of the invitation of ${nameOf(removing)} end now.`
          : `${nameOf(removing)} leaves ${organization.name} with its teams and roles here, now. The account stays, with its tokens, for other organizations.`}
      </ConfirmDialog>
    </Panel>
  );
}

function nameOf(member: Member | undefined): string {
  return member?.user?.name ?? member?.email ?? "";
}

function MemberTable(props: {
  readonly rows: readonly Member[];
  readonly mayManage: boolean;
  readonly onInviteAgain: (member: Member) => void;
  readonly onRemove: (member: Member) => void;
}) {
  const { mayManage, onInviteAgain, onRemove } = props;
  return (
    <DataTable
      label="Members"
      rows={props.rows}
      rowKey={({ id }) => id}
      minWidth={640}
      columns={[
        {
          key: "who",
          header: "Who",
          cell: (member) => (
            <>
              {nameOf(member)}
              {member.is_self && (
                <Text span size="xs" c="dimmed">
                  {" "}
                  (you)
                </Text>
              )}
              {member.user !== null && member.email !== null && member.email !== "" && (
                <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {member.email}
                </Text>
              )}
            </>
          ),
        },
        { key: "status", header: "Status", cell: (member) => <MemberStatus member={member} /> },
        {
          key: "teams",
          header: "Teams",
          cell: ({ teams }) => (
            <Group gap={8}>
              {teams.length === 0 ? "–" : null}
              {teams.map(({ id, name }) => (
                <PageLink key={id} to="/people/teams/$teamId" params={{ teamId: id }}>
                  {name}
                </PageLink>
              ))}
            </Group>
          ),
        },
        { key: "since", header: "Since", from: "sm", cell: ({ created_at: at }) => <Time at={at} /> },
        ...(mayManage
          ? [
              {
                key: "actions",
                header: "Actions",
                hideHeader: true,
                width: 48,
                cell: (member: Member) => (
                  <Menu position="bottom-end" withinPortal>
                    <Menu.Target>
                      <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${nameOf(member)}`}>
                        <IconDots size={18} aria-hidden />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      {member.status === "invited" && (
                        <Menu.Item
                          leftSection={<IconMailForward size={16} aria-hidden />}
                          onClick={() => onInviteAgain(member)}
                        >
                          Invite again
                        </Menu.Item>
                      )}
                      <Menu.Item
                        color="red"
                        leftSection={<IconTrash size={16} aria-hidden />}
                        onClick={() => onRemove(member)}
                      >
                        {member.status === "invited" ? "Take the invitation back" : "Remove"}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function MemberStatus({ member }: { readonly member: Member }) {
  const { status, invitation } = member;
  if (status === "active") return <LookBadge look={{ label: "Active", tone: "good", icon: IconCircleCheck }} />;
  if (invitation === null) return <LookBadge look={{ label: "Invited", tone: "busy", icon: IconClock }} />;
  const isFailed = invitation.mail_state === "failed";
  return (
    <>
      {invitation.is_over ? (
        <LookBadge look={{ label: "Invitation over", tone: "warn", icon: IconClock }} />
      ) : isFailed ? (
        <LookBadge look={{ label: "Not mailed", tone: "bad", icon: IconMailX }} />
      ) : (
        <LookBadge look={{ label: "Invited", tone: "busy", icon: IconClock }} />
      )}
      <Text size="xs" c="dimmed" component="div">
        {isFailed ? (
          invitation.mail_error
        ) : (
          <>
            by {invitation.invited_by}, {invitation.is_over ? "ended" : "ends"} <Time at={invitation.expires_at} />
          </>
        )}
      </Text>
    </>
  );
}
