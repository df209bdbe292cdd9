import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, type TlsOptions } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { DicomTest } from "../../src/model/verify.ts";
import { type Authority, makeAuthority, type ServerCertificate } from "../support/certificates.ts";
import { type DicomServer, type DicomServerOptions, startDicomServer } from "./dicom-server.ts";
import { dicomTest, outcomes, probe, startTcpServer } from "./smoke-tests.ts";

let folder: string;
let authority: Authority;
let stranger: Authority;
let certificate: ServerCertificate;
let ca: string;
let server: DicomServer | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-verify-"));
  [authority, stranger] = [await makeAuthority(folder, "hospital"), await makeAuthority(folder, "stranger")];
  certificate = await authority.issue("dicom.test");
  ca = await readFile(authority.caFile, "utf8");
});

afterAll(() => rm(folder, { recursive: true, force: true }));

afterEach(async () => {
  await server?.close();
  server = null;
});

async function run(
  options: Partial<DicomServerOptions>,
  change: Partial<DicomTest> = {},
  client: ServerCertificate | null = null,
) {
  server = await startDicomServer({ tls: certificate, ...options });
  return probe(dicomTest(change), server.port, { ca, client });
}

/** As Envoy does with a server for one host name: who sends no SNI, or another one, is cut off. */
const sniOnly = (): TlsOptions => ({
  ALPNProtocols: [],
  SNICallback: (name, done) =>
    name === "dicom.test" ? done(null, createSecureContext({ ...certificate })) : done(new Error("no such host")),
});

describe("a DICOM server behind TLS", () => {
  test("answers C-ECHO with SNI and without, and turns away who it should", async () => {
    const results = await run({});
    expect(outcomes(results)).toEqual({
      connect: "passed",
      tls: "passed",
      "c-echo": "passed",
      "c-echo-without-sni": "passed",
      "plain-text-refused": "passed",
      "unknown-authority-refused": "passed",
    });
    expect(results["tls"]?.message).toBe("the certificate is trusted, and for dicom.test");
  });

  test("finds what was stored, which is always the same object", async () => {
    expect(outcomes(await run({}, { roundTrip: true }))).toMatchObject({ "c-store-c-find": "passed" });
    const first = server?.stored;
    expect(first).toHaveLength(1);
    await probe(dicomTest({ roundTrip: true }), server?.port ?? 0, { ca });
    expect(new Set(server?.stored)).toEqual(new Set(first));
    expect(server?.stored).toHaveLength(2);
  });

  test("that listens to host names only is told from one that is broken", async () => {
    const results = await run({ tls: sniOnly() });
    expect(outcomes(results)).toMatchObject({ "c-echo": "passed", "c-echo-without-sni": "sni-required" });
    expect(results["c-echo-without-sni"]).toMatchObject({
      message: expect.stringContaining("most DICOM devices send none"),
      hint: expect.stringContaining('hosts: ["*"]'),
    });
    expect(outcomes(await probe(dicomTest({ sni: "required" }), server?.port ?? 0, { ca }))).not.toHaveProperty(
      "c-echo-without-sni",
    );
    const other = await probe(dicomTest({ host: "other.test" }), server?.port ?? 0, { ca });
    expect(outcomes(other)).toMatchObject({ tls: "tls-failed", "c-echo": "skipped", "plain-text-refused": "skipped" });
  });

  test.each([
    ["of a stranger's", () => stranger.issue("dicom.test"), "certificate-untrusted", "signed by stranger"],
    ["that has expired", () => authority.issueExpired("dicom.test"), "certificate-expired", "valid until"],
    [
      "for another name",
      () => authority.issue("other.test"),
      "certificate-name",
      "(for other.test, signed by hospital",
    ],
  ])("with a certificate %s fails with TLS, and nothing more is tried", async (_what, issue, code, words) => {
    const results = await run({ tls: await issue() });
    expect(outcomes(results)).toMatchObject({ connect: "passed", tls: code, "c-echo": "skipped" });
    expect(results["tls"]?.message).toContain(words);
    expect(results["tls"]?.hint).not.toBe("");
  });

  test("that wants a certificate lets in who shows one, and nobody else", async () => {
    const mutual = { ...certificate, ca, requestCert: true, rejectUnauthorized: true };
    const mine = await authority.issue("device");
    expect(outcomes(await run({ tls: mutual }, {}, mine))).toMatchObject({
      "c-echo": "passed",
      "anonymous-client-refused": "passed",
      "strange-client-refused": "passed",
    });
    const anonymous = await probe(dicomTest(), server?.port ?? 0, { ca });
    expect(anonymous["c-echo"]).toMatchObject({ code: "client-certificate-refused" });
    const foreign = await probe(dicomTest(), server?.port ?? 0, { ca, client: await stranger.issue("device") });
    // Node closes without a word where Envoy sends an alert.
    expect(foreign["c-echo"]).toMatchObject({ outcome: "failed" });
  });

  test("that asks for a certificate and takes none as well is told", async () => {
    const lax = { ...certificate, ca, requestCert: true, rejectUnauthorized: false };
    const results = await run({ tls: lax }, {}, await authority.issue("device"));
    expect(outcomes(results)).toMatchObject({
      "anonymous-client-refused": "anonymous-client-accepted",
      "strange-client-refused": "strange-client-accepted",
    });
  });
});

describe("a DICOM server without TLS", () => {
  test("answers C-ECHO where that is what was declared", async () => {
    server = await startDicomServer({ tls: null });
    expect(outcomes(await probe(dicomTest({ tls: false }), server.port))).toEqual({
      connect: "passed",
      "c-echo": "passed",
    });
  });

  test("does not speak TLS where that was declared", async () => {
    const results = await run({ tls: null });
    expect(outcomes(results)).toMatchObject({ tls: expect.stringMatching(/tls-failed|no-answer/) });
  });
});

describe("a DICOM server that says no", () => {
  test("to our AE title", async () => {
    const { "c-echo": echo } = await run({ known: ["MODALITY"] });
    expect(echo).toMatchObject({ code: "association-rejected", message: expect.stringContaining("calling AE title") });
    expect(outcomes(await run({ known: ["MODALITY"] }, { callingTitle: "MODALITY" }))).toMatchObject({
      "c-echo": "passed",
    });
  });

  test("to its own AE title", async () => {
    const { "c-echo": echo } = await run({ calledTitle: "ARCHIVE" });
    expect(echo).toMatchObject({ code: "association-rejected", message: expect.stringContaining("its AE title") });
  });

  test("to storing", async () => {
    const { "c-store-c-find": roundTrip } = await run({ storeStatus: 0xa700 }, { roundTrip: true });
    expect(roundTrip).toMatchObject({
      code: "dicom-status",
      message: expect.stringMatching(/C-STORE with status A700/),
      hint: expect.stringContaining("database"),
    });
  });

  test("to searching", async () => {
    const { "c-store-c-find": roundTrip } = await run({ offersFind: false }, { roundTrip: true });
    expect(roundTrip).toMatchObject({ code: "association-rejected", hint: expect.stringContaining("callingTitle") });
  });

  test("or forgets what it stored", async () => {
    const { "c-store-c-find": roundTrip } = await run({ finds: false }, { roundTrip: true });
    expect(roundTrip).toMatchObject({ code: "dicom-not-found" });
  });
});

test("a gateway that drops connections, as Envoy does without a backend, is told from one that is not there", async () => {
  const dropping = await startTcpServer((socket) => void socket.once("data", () => socket.end()));
  const results = await probe(dicomTest({ tls: false }), dropping.port);
  expect(outcomes(results)).toEqual({ connect: "passed", "c-echo": "backend-unavailable" });
  dropping.close();
  const gone = await probe(dicomTest(), dropping.port);
  expect(outcomes(gone)).toMatchObject({ connect: "connection-refused", tls: "skipped", "c-echo": "skipped" });
});

test("a web server on the port is no DICOM server", async () => {
  const web = await startTcpServer(
    (socket) => void socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
  );
  expect(outcomes(await probe(dicomTest({ tls: false }), web.port))).toMatchObject({ "c-echo": "not-dicom" });
  web.close();
});

test("what fails at first is tried again until its time is over", async () => {
  server = await startDicomServer({ tls: null });
  const { port } = server;
  let calls = 0;
  const late = await startTcpServer((socket) => {
    calls += 1;
    if (calls < 4) return void socket.destroy();
    const { connect } = process.getBuiltinModule("node:net");
    socket.pipe(connect(port, "127.0.0.1")).pipe(socket);
    return undefined;
  });
  const results = await probe(dicomTest({ tls: false, timeoutMs: 20_000 }), late.port);
  expect(outcomes(results)).toEqual({ connect: "passed", "c-echo": "passed" });
  expect(calls).toBeGreaterThan(3);
  late.close();
});
