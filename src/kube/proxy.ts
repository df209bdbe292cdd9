import { BlockList, isIP } from "node:net";

/** Variables of the environment, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a server; null when it is reached directly.
 * Rules of Go's `httpproxy` (what kubectl and helm follow): HTTPS_PROXY or HTTP_PROXY by the server's scheme, in either
 * case; loopback is never proxied; NO_PROXY is a list of `*`, host names (with their subdomains), addresses and CIDRs,
 * names and addresses optionally with a port.
 */
export function proxyFor(server: URL, environment: Environment): string | null {
  const name = server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = read(environment, name);
  if (proxy === null) return null;
  const host = bareHost(server.hostname);
  const port = server.port === "" ? (server.protocol === "https:" ? "443" : "80") : server.port;
  if (isLoopback(host)) return null;
  const exceptions = (read(environment, "NO_PROXY") ?? "").split(",").map((entry) => entry.trim().toLowerCase());
  if (exceptions.some((entry) => entry !== "" && matches(entry, host, port))) return null;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function read(environment: Environment, name: string): string | null {
  return environment[name] || environment[name.toLowerCase()] || null;
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "").toLowerCase();
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return inNetwork(entry, host);
  const [name, entryPort] = splitPort(entry);
  if (entryPort !== null && entryPort !== port) return false;
  if (isIP(name) !== 0) return name === host;
  const domain = name.replace(/^\*?\./, "");
  return name.startsWith(".") || name.startsWith("*.")
    ? host.endsWith(`.${domain}`)
    : host === domain || host.endsWith(`.${domain}`);
}

function splitPort(entry: string): readonly [string, string | null] {
  const withPort = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(entry);
  if (withPort) return [withPort[1] ?? withPort[2] ?? "", withPort[3] ?? null];
  return [bareHost(entry), null];
}

function inNetwork(entry: string, host: string): boolean {
  const [network = "", bits = ""] = entry.split("/");
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family === 4 ? "ipv4" : "ipv6");
  return list.check(host, family === 4 ? "ipv4" : "ipv6");
}
