import * as fc from "fast-check";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import { bundleDriver, type Driver, startDriver } from "../support/driver.ts";

/** Runs the command line that each line of standard input gives; prints exit code and output. */
const DRIVER = `
import { createProgram } from "./src/cli/program.ts";
import { runCommand } from "./src/cli/run-command.ts";
import { createInterface } from "node:readline";

const print = process.stdout.write.bind(process.stdout);
let output = "";
const keep = (text, done) => ((output += text), typeof done === "function" && done(), true);
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);
process.stdout.write = keep;
process.stderr.write = keep;
for await (const line of createInterface({ input: process.stdin })) {
  const { run, args } = JSON.parse(line);
  output = "";
  let code = null;
  const program = createProgram("0.0.0", async (options, load) => { code = await runCommand(options, load); });
  await program.parseAsync(args, { from: "user" });
  print("run " + run + " " + JSON.stringify({ code, output }) + "\\n");
}
`;

const GOOD = `apiVersion: flotilla/v1
stack: shop
requires: { helm: ">=3.18", kubernetes: ">=1.32" }
environments:
  dev: { profile: openshift, context: "\${env:CONTEXT:-minikube}", values: { app: { a: 1 } }, releases: { db: { enabled: true } } }
  prod: { profile: eks }
sources: { corp: { url: oci://charts.example/mirror, caFile: ca.pem, username: me, password: "\${env:PW:-x}" } }
namespaces:
  shop: { labels: &labels { istio-injection: enabled }, pullSecretsFrom: [login, vault/other] }
  other: { labels: *labels }
istio:
  version: ~1.31.0
  source: corp
  mode: ambient
  cni: { values: { a: 1 } }
  ztunnel:
  gateways:
    in: { role: ingress, namespace: gw, exposure: internal, ports: [{ name: db, port: 5432 }], values: {} }
releases:
  - { name: crds, namespace: shop, manifests: [crds/*.yaml, "**/b.yaml"], protect: true }
  - name: db
    namespace: shop
    chart: { source: corp, name: db }
    version: ^1.0.0
    wait: { engine: watch, for: [{ apiVersion: v1, kind: Pod, selector: { app: db }, condition: "Ready=True" }] }
  - { name: app, namespace: shop, chart: ./app, needs: [db, in], values: [a.yaml, { a: { b: 1 } }], adopt: true }
defaults: { timeout: 5m, parallel: 4 }
`;

const SNIPPETS = ["*a", "&a", "<<: *labels", "? [x]", "!!binary x", "{", "]", "\t", ": ", "- ", "---\n", "\u0000", "~"];
const WORDS = ["|", "'", '"', "releases", "${env:X}", "${secret:env:X}", "-1", "1e999", "__proto__: 1", "constructor"];
const PATTERNS = [
  "**",
  "../",
  "?",
  "/dev/zero",
  "../../**/*",
  "{.a[",
  "x=y=z",
  "oci://",
  "http://",
  "@sha256:",
  "\r",
  "0x",
];

let folder: string;
let bundle: string;
let driver: Driver;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "any-stack-"));
  await mkdir(join(folder, "crds"));
  await writeFile(join(folder, "crds", "b.yaml"), "");
  await writeFile(join(folder, "a.yaml"), "a: 1\n");
  await mkdir(join(folder, "app"));
  await writeFile(join(folder, "app", "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.0.0\n");
  await writeFile(join(folder, "ca.pem"), "-----BEGIN CERTIFICATE-----\n");
  // Within the package: profiles are looked for from its root, which is found from where the code lies.
  bundle = join(packageRoot(), "dist", `any-stack-${process.pid}.mjs`);
  driver = startDriver(await bundleDriver(DRIVER, bundle));
});

afterAll(async () => {
  driver.process.kill();
  await rm(bundle, { force: true });
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** What a command says once this stands in a file of the stack. */
async function after(name: string, content: string | Uint8Array, command: readonly string[]): Promise<Outcome> {
  const run = ++runs;
  await writeFile(join(folder, name), content);
  const args = [...command, "-c", join(folder, "flotilla.yaml"), ...(run % 3 === 0 ? ["-o", "json"] : [])];
  driver.process.stdin?.write(`${JSON.stringify({ run, args })}\n`);
  // Fails when no answer comes: a hang.
  const line = await driver.line(`run ${run} `);
  return JSON.parse(line.slice(`run ${run} `.length)) as Outcome;
}

const graph = (content: string | Uint8Array): Promise<Outcome> => after("flotilla.yaml", content, ["graph"]);

async function readsOrRefuses(content: string | Uint8Array): Promise<void> {
  readOrRefused(await graph(content), [0, 2]);
}

function readOrRefused({ code, output }: Outcome, codes: readonly number[]): void {
  expect(codes).toContain(code);
  expect(output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(output).not.toMatch(/\binternal\]|undefined|\[object Object\]|This is a defect/);
  if (code === 2) expect(output).toContain("config-invalid");
}

test("a good file is read", async () => {
  const { code, output } = await graph(GOOD);
  expect(output).toContain("ztunnel");
  expect(code).toBe(0);
});

const piece = fc.oneof(fc.constantFrom(...SNIPPETS, ...WORDS, ...PATTERNS), fc.string({ maxLength: 8 }));
/** Slips of the finger in a text. */
const slipsIn = (good: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(good.length), fc.nat(30), piece), { minLength: 1, maxLength: 6 })
    .map((edits) => edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), good));
const bytes = fc.uint8Array({ maxLength: 300 });

test.each<readonly [string, fc.Arbitrary<string | Uint8Array>]>([
  ["bytes of any kind", bytes],
  ["text of any kind", fc.string({ unit: "binary", maxLength: 200 })],
  [
    "text that looks like YAML",
    fc
      .array(fc.constantFrom(...SNIPPETS, ...WORDS, "\n", "  ", "a", "b: 1\n"), { maxLength: 40 })
      .map((parts) => parts.join("")),
  ],
  ["a good file with slips", slipsIn(GOOD)],
  ["a good file that is cut off", fc.nat(GOOD.length).map((length) => GOOD.slice(0, length))],
  [
    "sections of any shape",
    fc
      .dictionary(
        fc.constantFrom("environments", "sources", "namespaces", "istio", "releases", "defaults", "state", "requires"),
        fc.jsonValue({ maxDepth: 4 }),
      )
      .map((sections) => JSON.stringify({ apiVersion: "flotilla/v1", stack: "shop", ...sections })),
  ],
])(
  "%s: read or refused, with exit code 0 or 2 and no stack trace",
  async (_name, contents) => {
    await fc.assert(fc.asyncProperty(contents, readsOrRefuses), { numRuns: 150 });
  },
  120_000,
);

const LOCK = `# flotilla.lock
version: 1
stack: shop
releases:
  db:
    chart: db
    version: 1.2.3
    source: oci://charts.example/mirror
    digest: sha256:${"a".repeat(64)}
    range: ^1.0.0
images:
  dev: [docker.io/istio/pilot:1.31.1]
`;
const BASE = "a: 1\nb: [x, { c: *a }]\n";

test.each<readonly [string, string, string, readonly string[], readonly number[], fc.Arbitrary<string | Uint8Array>]>([
  ["a values file of any bytes", "a.yaml", "{}", ["graph"], [0, 2], bytes],
  ["a values file with slips", "a.yaml", "{}", ["graph"], [0, 2], slipsIn(BASE)],
  ["a lock of any bytes", "flotilla.lock", "", ["lock", "--check"], [2, 3], bytes],
  ["a lock with slips", "flotilla.lock", "", ["lock", "--check"], [0, 2, 3], slipsIn(LOCK)],
])(
  "%s: read or refused",
  async (_name, file, mended, command, codes, contents) => {
    await after("flotilla.yaml", GOOD, ["graph"]);
    await fc.assert(
      fc.asyncProperty(contents, async (content) => readOrRefused(await after(file, content, command), codes)),
      { numRuns: 150 },
    );
    await writeFile(join(folder, file), mended);
  },
  120_000,
);
