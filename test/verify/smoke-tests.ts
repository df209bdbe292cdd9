import { createServer, type Server } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { ProbeResult } from "../../src/model/verify-report.ts";
import type { DicomTest, HttpsTest, SmokeTest, TcpTest } from "../../src/model/verify.ts";
import { dialAddress } from "../../src/verify/dial.ts";
import { probesOf, runProbes } from "../../src/verify/run-test.ts";
import type { Session } from "../../src/verify/session.ts";

const BASE = {
  release: "dicom",
  namespace: "dicom",
  entrance: { type: "service", namespace: "ingress", name: "gateway" },
  dns: false,
  tls: true,
  authority: null,
  clientCertificate: null,
  timeoutMs: 0,
  port: 443,
} as const;

/** A test of a page. */
export function httpsTest(change: Partial<HttpsTest> = {}): HttpsTest {
  return { ...BASE, kind: "https", name: "web", host: "web.test", path: "/", statuses: null, login: null, ...change };
}

/** A test of a DICOM server. */
export function dicomTest(change: Partial<DicomTest> = {}): DicomTest {
  return {
    ...BASE,
    kind: "dicom",
    name: "dicom",
    host: "dicom.test",
    calledTitle: "ORTHANC",
    callingTitle: "FLOTILLA",
    sni: "optional",
    roundTrip: false,
    ...change,
  };
}

/** A test of a port. */
export function tcpTest(change: Partial<TcpTest> = {}): TcpTest {
  return { ...BASE, kind: "tcp", name: "tcp", host: null, tls: false, ...change };
}

/** Runs a test against a port on loopback. */
export async function probe(
  test: SmokeTest,
  port: number,
  session: Partial<Session> = {},
): Promise<Readonly<Record<string, ProbeResult>>> {
  const whole: Session = {
    dial: dialAddress("127.0.0.1", port),
    target: `${test.host ?? "gateway"}:${test.port}`,
    host: test.host,
    tls: test.tls,
    ca: null,
    client: null,
    auth: null,
    ...session,
  };
  const told: ProbeResult[] = [];
  const results = await runProbes(
    probesOf(test, whole),
    { timeoutMs: test.timeoutMs, explain: async (fault) => fault, told: (result) => told.push(result) },
    new AbortController().signal,
  );
  if (JSON.stringify(told) !== JSON.stringify(results)) throw new Error("not every result was told as it came");
  return Object.fromEntries(results.map((result) => [result.probe, result]));
}

/** Outcomes by probe; the code where one failed. */
export function outcomes(results: Readonly<Record<string, ProbeResult>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(results).map(([name, { outcome, code }]) => [name, outcome === "failed" ? `${code}` : outcome]),
  );
}

/** A TCP server on loopback that treats each connection as it is told. */
export async function startTcpServer(handle: Parameters<typeof createServer>[1]): Promise<Server & { port: number }> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}
