import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { httpRequest } from "../../src/runtime/http.ts";
import { type Authority, makeAuthority } from "../support/certificates.ts";
import { type SecureServer, startSecureServer } from "../support/secure-server.ts";
import { NO_PROXIES, useVariables } from "../support/variables.ts";

const setVariables = useVariables();
beforeEach(() => setVariables(NO_PROXIES));
let folder = "";
let ours: Authority;
let theirs: Authority;
let server: SecureServer;
let otherServer: SecureServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-tls-"));
  [ours, theirs] = await Promise.all([makeAuthority(folder, "ours"), makeAuthority(folder, "theirs")]);
  server = await startSecureServer(await ours.issue("127.0.0.1"), (_request, response) => response.end("ours"));
  otherServer = await startSecureServer(await theirs.issue("127.0.0.1"), (_request, response) =>
    response.end("theirs"),
  );
});
afterAll(async () => {
  await Promise.all([server.close(), otherServer.close()]);
  await rm(folder, { recursive: true, force: true });
});

let timeouts = 20_000;
/** Each request has an agent of its own: agents, and with them what is trusted, are shared per time-out. */
async function get(url: string, caFile: string | null): Promise<string> {
  timeouts += 1;
  const signal = AbortSignal.timeout(10_000);
  return (await httpRequest(url, { signal, caFile, connectTimeoutMs: timeouts })).text();
}
const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

describe("a private authority", () => {
  test("is trusted when its file is given", async () => {
    expect(await get(server.url, ours.caFile)).toBe("ours");
  });

  test("is unknown otherwise, and the message says so", async () => {
    for (const caFile of [null, theirs.caFile]) {
      expect(await failure(get(server.url, caFile))).toMatchObject({
        code: "source-unreachable",
        message: expect.stringMatching(/^127\.0\.0\.1:\d+ cannot be reached: its certificate .* unknown authority\.$/),
      });
    }
  });

  test("is trusted beside those of NODE_EXTRA_CA_CERTS, not instead", async () => {
    setVariables({ NODE_EXTRA_CA_CERTS: theirs.caFile });
    expect(await get(server.url, ours.caFile)).toBe("ours");
    expect(await get(otherServer.url, ours.caFile)).toBe("theirs");
  });

  test("is trusted though NODE_EXTRA_CA_CERTS names no file", async () => {
    setVariables({ NODE_EXTRA_CA_CERTS: join(folder, "nothing.pem") });
    expect(await get(server.url, ours.caFile)).toBe("ours");
  });

  test("whose file is missing is an error that names it, until it is there", async () => {
    const late = join(folder, "late.pem");
    const ask = (): Promise<string> =>
      httpRequest(server.url, { signal: AbortSignal.timeout(10_000), caFile: late }).then((answer) => answer.text());
    expect(await failure(ask())).toMatchObject({ message: expect.stringContaining(late) });
    await copyFile(ours.caFile, late);
    expect(await ask()).toBe("ours");
  });
});

test("a certificate for another name is refused", async () => {
  const wrong = await startSecureServer(await ours.issue("other.example"), (_request, response) => response.end());
  try {
    expect(await failure(get(wrong.url, ours.caFile))).toMatchObject({
      message: expect.stringContaining("its certificate is for another name"),
    });
  } finally {
    await wrong.close();
  }
});
