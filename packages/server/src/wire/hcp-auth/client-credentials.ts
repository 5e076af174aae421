import type { FastifyRequest } from "fastify";
import { basicCredentials } from "../shared/bearer.ts";

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * The client's id and secret: from Basic, where each half is form-encoded, or from the form. Clients try Basic first
 * and repeat any failure with the form. Undefined when neither is complete. Source: golang/oauth2, internal/token.go;
 * RFC 6749, section 2.3.1.
 */
export function clientCredentials(
  request: FastifyRequest,
  form: Readonly<Record<string, string>>,
): ClientCredentials | undefined {
  if (request.headers.authorization !== undefined) {
    const basic = basicCredentials(request);
    const clientId = basic && formDecode(basic.user);
    const clientSecret = basic && formDecode(basic.password);
    return clientId && clientSecret ? { clientId, clientSecret } : undefined;
  }
  const { client_id: clientId, client_secret: clientSecret } = form;
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}

function formDecode(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text.replaceAll("+", " "));
    // No id or secret has one, and PostgreSQL cannot look for it.
    return decoded.includes("\u0000") ? undefined : decoded;
  } catch {
    return undefined;
  }
}
