import { expect, test } from "vitest";
import { sandboxText, type ShownSandbox } from "../../src/report/sandbox-text.ts";

const SANDBOX: ShownSandbox = {
  name: "default",
  state: "running",
  kubeconfig: "/state/kubeconfig",
  context: "flotilla-sandbox",
  server: "https://127.0.0.1:20000",
  kubernetesVersion: "v1.36.3",
  nodes: 3,
  problems: [],
  startedAt: null,
};
const lastLine = (change: Partial<ShownSandbox>): string =>
  sandboxText({ ...SANDBOX, ...change }, { color: false })
    .trimEnd()
    .split("\n")
    .at(-1) ?? "";

test.for<[Partial<ShownSandbox>, RegExp]>([
  [{ state: "absent" }, /Start it with: flotilla sandbox up$/],
  [{ state: "absent", name: "second" }, /Start it with: flotilla sandbox up --name second$/],
  [{ state: "broken", name: "second" }, /Put it right with: flotilla sandbox up --name second$/],
  [{}, /Use it with --sandbox on any command/],
  [{ name: "second" }, /Use it with FLOTILLA_SANDBOX=second on any command/],
])("%j: what helps is said of the sandbox that was asked for", ([change, line]) => {
  expect(lastLine(change)).toMatch(line);
});
