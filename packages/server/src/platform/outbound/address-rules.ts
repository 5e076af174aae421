import { createRequire } from "node:module";
import type IpAddress from "ipaddr.js";

// The package is CommonJS whose types declare a namespace only; this keeps both sides as they are.
const ipaddr = createRequire(import.meta.url)("ipaddr.js") as typeof IpAddress;

/** What the operator lets the server call although it is not on the public internet. */
export interface AllowedTargets {
  readonly hosts: ReadonlySet<string>;
  readonly networks: readonly [IpAddress.IPv4 | IpAddress.IPv6, number][];
}

/** Reads host names, addresses and CIDRs. Errors: an Error that names the entry. */
export function parseAllowedTargets(entries: readonly string[]): AllowedTargets {
  const hosts = new Set<string>();
  const networks: [IpAddress.IPv4 | IpAddress.IPv6, number][] = [];
  for (const entry of entries) {
    const text = entry.replace(/^\[|\]$/g, "");
    if (isDottedOrV6(text)) {
      const address = ipaddr.process(text);
      networks.push([address, address.kind() === "ipv4" ? 32 : 128]);
    } else if (ipaddr.isValidCIDR(text)) networks.push(ipaddr.parseCIDR(text));
    else if (/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/.test(text)) hosts.add(canonicalHost(text));
    else throw new Error(`${JSON.stringify(entry)} is not a host name, an address or a network such as 10.1.0.0/16.`);
  }
  return { hosts, networks };
}

/** Lower case and without the dot at the end. */
export function canonicalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/**
 * Whether an address may be dialled: public unicast, or allowed. Everything else is refused: loopback, private, link-local
 * (the metadata services of clouds), unique-local, carrier-grade NAT, multicast, unspecified, reserved and documentation
 * networks, and IPv6 addresses that carry an IPv4 address, unless they are the mapped form of one that may be dialled.
 */
export function mayDial(address: string, allowed: AllowedTargets): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  for (const [network, bits] of allowed.networks) {
    if (parsed.kind() === network.kind() && parsed.match(network, bits)) return true;
  }
  if (parsed.range() !== "unicast") return false;
  // Of IPv6 only 2000::/3 is handed out; ::127.0.0.1 and the like are outside.
  return parsed.kind() === "ipv4" || parsed.match(ipaddr.parse("2000::"), 3);
}

/** The address in the host part of a URL, without brackets; undefined for a name. */
export function literalAddress(host: string): string | undefined {
  const text = host.replace(/^\[|\]$/g, "");
  return isDottedOrV6(text) ? text : undefined;
}

function isDottedOrV6(text: string): boolean {
  return text.includes(":") ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
}
