import { request } from "node:http";
import { FlotillaError } from "../model/errors.ts";

/** A key of etcd with its value; both base64, as etcd's JSON gateway writes them. */
export interface EtcdEntry {
  readonly key: string;
  /** Absent when only keys were asked for. */
  readonly value?: string;
  /** Changes with every write to the key. */
  readonly mod_revision: string;
}

/** One operation of a transaction (https://etcd.io/docs/v3.6/dev-guide/api_reference_v3/#message-requestop). */
export type EtcdOperation =
  | { readonly request_put: { readonly key: string; readonly value: string } }
  | { readonly request_delete_range: { readonly key: string; readonly range_end: string } };

/** Where Kubernetes keeps its objects: kwokctl's `--etcd-prefix`. The end is the next name after the prefix. */
export const REGISTRY_START = "/registry/";
export const REGISTRY_END = "/registry0";

/** How many keys are asked for at once. */
const PAGE = 2_000;

/** All entries of Kubernetes, sorted by key. */
export async function readRegistry(port: number, keysOnly: boolean, signal: AbortSignal): Promise<EtcdEntry[]> {
  const entries: EtcdEntry[] = [];
  let from = encode(REGISTRY_START);
  for (;;) {
    const page = (await post(
      port,
      "/v3/kv/range",
      {
        key: from,
        range_end: encode(REGISTRY_END),
        limit: PAGE,
        keys_only: keysOnly,
      },
      signal,
    )) as { readonly kvs?: readonly EtcdEntry[]; readonly more?: boolean };
    entries.push(...(page.kvs ?? []));
    const last = page.kvs?.at(-1);
    if (page.more !== true || last === undefined) return entries;
    from = keyAfter(last.key);
  }
}

/** Does all operations in one step: whoever watches sees them together. */
export async function transact(port: number, operations: readonly EtcdOperation[], signal: AbortSignal): Promise<void> {
  if (operations.length > 0) await post(port, "/v3/kv/txn", { success: operations }, signal);
}

/** A key's text in the form that etcd's JSON gateway wants. */
export function encode(key: string): string {
  return Buffer.from(key, "latin1").toString("base64");
}

/** The text of an encoded key. Its order as a string is etcd's order. */
export function decode(key: string): string {
  return Buffer.from(key, "base64").toString("latin1");
}

/** The very next key after one; encoded, like the key. */
export function keyAfter(key: string): string {
  return encode(`${decode(key)}\0`);
}

/** Not through `runtime/http.ts`: a proxy must never see this, whatever HTTP_PROXY says. */
function post(port: number, path: string, body: object, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new FlotillaError("sandbox-failed", "The sandbox's etcd does not answer as it should.", { cause }));
    const sent = request({ host: "127.0.0.1", port, path, method: "POST", signal, timeout: 10_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", fail);
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (answer.statusCode !== 200) fail(new Error(`HTTP ${answer.statusCode}: ${text.slice(0, 300)}`));
        else resolve(JSON.parse(text));
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.on("error", fail);
    sent.end(JSON.stringify(body));
  });
}
