import { isUniqueViolation, type Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { isIn, type Actor } from "../access/index.ts";
import { listOrganizationsOf } from "../memberships/index.ts";
import { checkEmail } from "../organizations/index.ts";
import { trustAddressIn } from "./invited-person-store.ts";
import { findPrincipal, isEmailTaken, savePerson, type Principal } from "./principal-store.ts";

export function userNotFound(): DomainError {
  return new DomainError("not_found", "user_not_found", "There is no such user, or you may not see it.");
}

/** A person with whom the actor shares an organization, or who the actor is. Errors: not_found/user_not_found. */
export async function getFellow(db: Db, actor: Actor, id: string): Promise<Principal> {
  const person = await findPrincipal(db, id);
  if (person?.kind !== "user") throw userNotFound();
  if (id === actor.id) return person;
  const theirs = await listOrganizationsOf(db, id);
  if (!theirs.some((organizationId) => isIn(actor, organizationId))) throw userNotFound();
  return person;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9@_.-]{0,62}$/;

/** Errors: invalid/username. */
export function checkUserName(name: string): string {
  if (namePattern.test(name)) return name;
  throw new DomainError(
    "invalid",
    "username",
    "Username has 1 to 63 letters, digits or any of @ _ . - and begins with a letter or a digit.",
  );
}

/**
 * Changes how the caller, a person, is known everywhere. An empty address is none. Errors: forbidden/persons_only,
 * invalid/username, invalid/email, invalid/name_taken, invalid/email_taken.
 */
export async function updatePerson(
  db: Db,
  actor: Actor,
  change: { readonly name?: string; readonly email?: string },
): Promise<void> {
  if (actor.kind !== "user") {
    throw new DomainError("forbidden", "persons_only", "This credential is not of a person; it has no account.");
  }
  if (change.name !== undefined) checkUserName(change.name);
  const email = change.email === "" ? null : change.email;
  if (email != null) checkEmail(email);
  try {
    await db.transaction().execute(async (tx) => {
      // An address is how others find a person to give roles to: nobody takes that of somebody else.
      if (email != null && (await isEmailTaken(tx, email, actor.id))) {
        throw new DomainError("invalid", "email_taken", "Email has already been taken");
      }
      if (email != null && email !== (await findPrincipal(tx, actor.id))?.email) await trustAddressIn(tx, actor.id, "");
      await savePerson(tx, actor.id, {
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(email === undefined ? {} : { email }),
      });
    });
  } catch (error) {
    throw isUniqueViolation(error)
      ? new DomainError("invalid", "name_taken", "Username has already been taken")
      : error;
  }
}
