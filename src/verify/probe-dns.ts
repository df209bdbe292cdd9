import { lookup } from "node:dns/promises";
import { codeOf } from "./network-fault.ts";
import { ProbeFault } from "./probe-fault.ts";

/**
 * A host name stands for one of the entrance's addresses.
 * @param addresses IP addresses and host names of the load balancer
 * @returns what was seen
 * @throws ProbeFault `dns-unresolved`, `dns-elsewhere`
 */
export async function probeDns(host: string, addresses: readonly string[]): Promise<string> {
  const found = await resolve(host);
  if (found.length === 0) {
    const hint = `Make a DNS record for it${addresses.length > 0 ? `, to ${addresses.join(", ")}` : ""}; or leave \`dns\` out.`;
    throw new ProbeFault("dns-unresolved", `Nobody knows the host name ${host}.`, hint, { mayPass: true });
  }
  const expected = (await Promise.all(addresses.map(resolve))).flat();
  if (found.some((address) => expected.includes(address))) return `${host} is ${found.join(", ")}`;
  const where = addresses.length === 0 ? "has no address" : `is at ${addresses.join(", ")}`;
  throw new ProbeFault(
    "dns-elsewhere",
    `${host} is ${found.join(", ")}, but the gateway ${where}.`,
    "Correct the DNS record, or wait until the old one is forgotten.",
    { mayPass: true },
  );
}

/** All addresses of a name, or of an address; none when nobody knows it. */
async function resolve(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (error) {
    if (["ENOTFOUND", "EAI_AGAIN", "ENODATA"].includes(codeOf(error))) return [];
    throw error;
  }
}
