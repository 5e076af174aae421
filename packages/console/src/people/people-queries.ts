import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type {
  InvitedView,
  MemberListView,
  MemberView,
  TeamAccessListView,
  TeamAccessView,
  TeamListView,
  TeamMemberListView,
  TeamView,
} from "../api/types.ts";

export type Member = MemberView;
export type MemberList = MemberListView;
export type Invited = InvitedView;
export type Team = TeamView;
export type TeamAccess = TeamAccessView;
export type TeamAccessList = TeamAccessListView;

const pageSize = 50;

/** The number of the next page of a list with a total; undefined after the last. */
function nextPage(last: { readonly total: number }, pages: readonly unknown[]): number | undefined {
  return pages.length * pageSize < last.total ? pages.length + 1 : undefined;
}

export function membersQuery(text: string) {
  return infiniteQueryOptions({
    queryKey: ["members", text],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) =>
      callApi<MemberListView>("/api/v1/members", { query: { q: text, page: pageParam, limit: pageSize }, signal }),
    getNextPageParam: nextPage,
  });
}

export function teamsQuery() {
  return infiniteQueryOptions({
    queryKey: ["teams", "list"],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) =>
      callApi<TeamListView>("/api/v1/teams", { query: { page: pageParam, limit: pageSize }, signal }),
    getNextPageParam: nextPage,
  });
}

/** Teams to choose from, by a part of the name. */
export function teamChoiceQuery(text: string) {
  return queryOptions({
    queryKey: ["teams", "choice", text],
    queryFn: ({ signal }) => callApi<TeamListView>("/api/v1/teams", { query: { q: text, limit: 100 }, signal }),
  });
}

/** Members to choose from, by a part of the name or the address. */
export function memberChoiceQuery(text: string) {
  return queryOptions({
    queryKey: ["members", "choice", text],
    queryFn: ({ signal }) => callApi<MemberListView>("/api/v1/members", { query: { q: text, limit: 100 }, signal }),
  });
}

const teamPath = (id: string) => `/api/v1/teams/${encodeURIComponent(id)}`;

export function teamQuery(id: string) {
  return queryOptions({
    queryKey: ["teams", "one", id],
    queryFn: ({ signal }) => callApi<TeamView>(teamPath(id), { signal }),
  });
}

export function teamMembersQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["teams", "members", id],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) =>
      callApi<TeamMemberListView>(`${teamPath(id)}/members`, { query: { page: pageParam, limit: pageSize }, signal }),
    getNextPageParam: nextPage,
  });
}

export function invite(email: string, teamIds: readonly string[]): Promise<InvitedView> {
  return callApi("/api/v1/members", { method: "POST", body: { email, team_ids: teamIds } });
}

export function inviteAgain(membershipId: string): Promise<InvitedView> {
  return callApi(`/api/v1/members/${encodeURIComponent(membershipId)}/invitation`, { method: "POST" });
}

export async function removeMember(membershipId: string): Promise<void> {
  await callApi(`/api/v1/members/${encodeURIComponent(membershipId)}`, { method: "DELETE" });
}

export interface TeamInput {
  readonly name?: string;
  readonly visibility: TeamView["visibility"];
  readonly allow_member_token_management: boolean;
  readonly organization_access?: TeamView["organization_access"];
}

export function createTeam(input: TeamInput): Promise<TeamView> {
  return callApi("/api/v1/teams", { method: "POST", body: input });
}

export function changeTeam(id: string, input: TeamInput): Promise<TeamView> {
  return callApi(teamPath(id), { method: "PATCH", body: input });
}

export async function deleteTeam(id: string): Promise<void> {
  await callApi(teamPath(id), { method: "DELETE" });
}

export async function changeTeamMember(teamId: string, membershipId: string, method: "PUT" | "DELETE"): Promise<void> {
  await callApi(`${teamPath(teamId)}/members/${encodeURIComponent(membershipId)}`, { method });
}

/** Where a team has access: one workspace, or a project with everything in it. */
export interface AccessPlace {
  readonly kind: "workspace" | "project";
  readonly id: string;
}

export function teamAccessQuery({ kind, id }: AccessPlace) {
  return infiniteQueryOptions({
    queryKey: ["team-access", kind, id],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) =>
      callApi<TeamAccessListView>("/api/v1/team-access", {
        query: { [kind]: id, page: pageParam, limit: pageSize },
        signal,
      }),
    getNextPageParam: nextPage,
  });
}

export function giveAccess({ kind, id }: AccessPlace, teamId: string, level: string): Promise<TeamAccessView> {
  return callApi("/api/v1/team-access", { method: "POST", body: { [kind]: id, team_id: teamId, level } });
}

export function changeAccess(id: string, level: string): Promise<TeamAccessView> {
  return callApi(`/api/v1/team-access/${encodeURIComponent(id)}`, { method: "PATCH", body: { level } });
}

export async function takeAccess(id: string): Promise<void> {
  await callApi(`/api/v1/team-access/${encodeURIComponent(id)}`, { method: "DELETE" });
}
