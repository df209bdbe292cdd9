import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { join } from "node:path";
import type { SandboxPaths } from "./sandbox-paths.ts";

/** An answer of the sandbox's API server. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** Talks to the API server of a sandbox as its administrator. Closed after use, else its connections linger. */
export interface SandboxApi {
  /** Rejects with Node's own error when no answer comes within the time. */
  readonly call: (method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object) => Promise<ApiAnswer>;
  /** Ends its connections. */
  readonly close: () => void;
}

/** An answer that takes longer than this, in milliseconds, is none. */
const ANSWER_MS = 2_000;

/** Opens the way to a sandbox's API server. Throws Node's error when its certificates are not there (yet). */
export async function openApi(paths: SandboxPaths, port: number): Promise<SandboxApi> {
  const [ca, cert, key] = await Promise.all(
    ["ca.crt", "admin.crt", "admin.key"].map((name) => readFile(join(paths.certificates, name))),
  );
  const agent = new Agent({ keepAlive: true, ca, cert, key });
  return {
    call: (method, path, body) => call(agent, port, method, path, body),
    close: () => agent.destroy(),
  };
}

/** A patch here is a strategic merge: conditions are matched by their type. */
function contentType(method: string): string {
  return method === "PATCH" ? "application/strategic-merge-patch+json" : "application/json";
}

function call(agent: Agent, port: number, method: string, path: string, body?: object): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? null : JSON.stringify(body);
    const sent = request(
      {
        agent,
        host: "127.0.0.1",
        port,
        method,
        path,
        signal: AbortSignal.timeout(ANSWER_MS),
        headers:
          text === null ? {} : { "content-type": contentType(method), "content-length": Buffer.byteLength(text) },
      },
      (answer) => {
        let received = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => (received += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: received }));
        answer.on("error", reject);
      },
    );
    sent.on("error", (error) => {
      reject(error.name === "AbortError" ? new Error(`no answer within ${ANSWER_MS / 1000} s`) : error);
    });
    sent.end(text ?? undefined);
  });
}
