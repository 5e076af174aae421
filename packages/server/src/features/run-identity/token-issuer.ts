import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from "jose";
import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { deleteIdentityKey, insertIdentityKey, listIdentityKeys, readPrivateKey } from "./identity-key-store.ts";
import { isRotationDue, outlivedKeys, signingKey } from "./key-times.ts";

export interface IssuerDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
  /** How clients reach the server: it is the issuer. */
  readonly publicUrl: () => string;
  /** Age at which a key gets a successor. */
  readonly rotateMs: number;
}

/** Ingot as an issuer of OpenID Connect: what other systems know its runs by. */
export interface TokenIssuer {
  /** A token of RS256. `expiresAt` is rounded up to the second. */
  issue(token: {
    readonly subject: string;
    readonly audience: string;
    readonly claims: Readonly<Record<string, string>>;
    readonly expiresAt: number;
  }): Promise<string>;
  /** Everything that could verify a token that is valid now. */
  publicKeys(): Promise<JWK[]>;
  /** Makes the first key, a successor that is due, and forgets what nobody needs. Repeatable on every replica. */
  tend(): Promise<void>;
}

// RS256 is the one algorithm that AWS, Azure, GCP and Vault all take.
const algorithm = "RS256";

export function createTokenIssuer(deps: IssuerDeps): TokenIssuer {
  const opened = new Map<string, Awaited<ReturnType<typeof importJWK>>>();

  async function openKey(id: string): Promise<Awaited<ReturnType<typeof importJWK>>> {
    const known = opened.get(id);
    if (known !== undefined) return known;
    const key = await importJWK(await readPrivateKey(deps.db, deps.sealer, id), algorithm);
    opened.clear();
    opened.set(id, key);
    return key;
  }

  async function makeKey(): Promise<void> {
    const pair = await generateKeyPair(algorithm, { extractable: true });
    const jwk = await exportJWK(pair.publicKey);
    const id = await calculateJwkThumbprint(jwk);
    const publicKey = { ...jwk, kid: id, alg: algorithm, use: "sig" };
    const key = { id, publicKey, createdAt: deps.now() };
    await insertIdentityKey(deps.db, deps.sealer, key, await exportJWK(pair.privateKey));
  }

  async function currentKey() {
    const found = signingKey(await listIdentityKeys(deps.db), deps.now());
    if (found !== undefined) return found;
    await makeKey();
    const made = signingKey(await listIdentityKeys(deps.db), deps.now());
    if (made === undefined) throw new Error("The identity key that was just made is gone.");
    return made;
  }

  return {
    async issue({ subject, audience, claims, expiresAt }) {
      const { id } = await currentKey();
      const seconds = Math.floor(deps.now() / 1000);
      return new SignJWT({ ...claims })
        .setProtectedHeader({ alg: algorithm, typ: "JWT", kid: id })
        .setIssuer(deps.publicUrl())
        .setSubject(subject)
        .setAudience(audience)
        .setJti(newUlid())
        .setIssuedAt(seconds)
        .setNotBefore(seconds)
        .setExpirationTime(Math.ceil(expiresAt / 1000))
        .sign(await openKey(id));
    },
    async publicKeys() {
      await currentKey();
      return (await listIdentityKeys(deps.db)).map((key) => key.publicKey);
    },
    async tend() {
      const keys = await listIdentityKeys(deps.db);
      if (isRotationDue(keys, deps.rotateMs, deps.now())) await makeKey();
      for (const key of outlivedKeys(keys, deps.now())) await deleteIdentityKey(deps.db, key.id);
    },
  };
}
