import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { ServicePrincipalRef } from "../principals/index.ts";
import { parseCondition } from "./condition.ts";

/** Whose tokens are exchanged: those of an OpenID Connect issuer, or callers of one AWS account. */
export type TokenSource =
  | { readonly kind: "oidc"; readonly issuerUri: string; readonly allowedAudiences: readonly string[] }
  | { readonly kind: "aws"; readonly accountId: string };

/** What can be changed of a provider. */
export interface ProviderContent {
  readonly description: string;
  readonly conditionalAccess: string;
  readonly source: TokenSource;
}

/** Who may become a service principal by a token of elsewhere. */
export interface WorkloadIdentityProvider extends ProviderContent {
  readonly id: string;
  /** Its service principal. */
  readonly principalId: string;
  readonly name: string;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** A provider as callers name it. Only service principals of projects have any. */
export interface ProviderRef {
  readonly servicePrincipal: ServicePrincipalRef;
  readonly name: string;
}

/** Of one service principal. */
export const providersMax = 50;

const descriptionCharactersMax = 255;
const audiencesMax = 100;
const audienceCharactersMax = 512;
const issuerCharactersMax = 1024;

/**
 * Errors: invalid/description, invalid/condition, invalid/issuer, invalid/audiences, invalid/aws_account. Source:
 * terraform-provider-hcp, resource_workload_identity_provider.go.
 */
export function checkProviderContent(content: ProviderContent): ProviderContent {
  const { description, conditionalAccess, source } = content;
  if (description.length > descriptionCharactersMax) {
    throw new DomainError(
      "invalid",
      "description",
      `The description of a workload identity provider has at most ${descriptionCharactersMax} characters.`,
    );
  }
  parseCondition(conditionalAccess, rootOf(source));
  if (source.kind === "aws") checkAccount(source.accountId);
  else checkIssuer(source.issuerUri, source.allowedAudiences);
  return content;
}

/** What the selectors of a provider's condition begin with. */
export function rootOf(source: TokenSource): "jwt_claims" | "aws" {
  return source.kind === "aws" ? "aws" : "jwt_claims";
}

function checkAccount(accountId: string): void {
  if (/^\d{12}$/.test(accountId)) return;
  throw new DomainError("invalid", "aws_account", "aws_config.account_id is the number of an AWS account: 12 digits.");
}

function checkIssuer(uri: string, audiences: readonly string[]): void {
  const url = uri.length <= issuerCharactersMax && URL.canParse(uri) ? new URL(uri) : undefined;
  const plain = url?.protocol === "https:" && `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (!plain || /[?#]/.test(uri)) {
    throw new DomainError(
      "invalid",
      "issuer",
      "oidc_config.issuer_uri is an https:// address without user name, query or fragment, as the issuer writes it in the claim iss.",
    );
  }
  if (audiences.length > audiencesMax || audiences.some((one) => one === "" || one.length > audienceCharactersMax)) {
    throw new DomainError(
      "invalid",
      "audiences",
      `oidc_config.allowed_audiences has at most ${audiencesMax} audiences of 1 to ${audienceCharactersMax} characters.`,
    );
  }
}

/** As HCP writes it, and as clients send it in their tokens. */
export function providerResourceName({ servicePrincipal: { parent, name: owner }, name }: ProviderRef): string {
  return `iam/${parent.type}/${parent.id}/service-principal/${owner}/workload-identity-provider/${name}`;
}

export function providerNotFound(name: string): DomainError {
  return new DomainError(
    "not_found",
    "workload_identity_provider_not_found",
    `The workload identity provider with identifier ${name} does not exist.`,
  );
}
