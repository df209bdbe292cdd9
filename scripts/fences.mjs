// Who may import what. `scripts/generate.mjs` turns this table into lint rules; `test/house/fences.test.ts` plants a
// violation of each row and sees it caught. Rooms are the folders of src/; see docs/architecture.md.

/** Every room: the rooms and packages it may import; `node` names the builtins it may use ("*": all). */
export const FENCES = {
  model: { rooms: [], packages: [], node: [] },
  runtime: { rooms: ["model"], packages: ["execa", "undici"], node: ["*"] },
  catalog: { rooms: ["model"], packages: [], node: [] },
  config: { rooms: ["model", "catalog"], packages: ["yaml", "zod", "semver"], node: ["node:path"] },
  init: { rooms: ["model", "catalog"], packages: ["semver"], node: [] },
  lock: { rooms: ["model"], packages: ["yaml", "semver"], node: ["node:path"] },
  manifest: { rooms: ["model"], packages: ["yaml"], node: [] },
  plan: { rooms: ["model", "manifest"], packages: [], node: ["node:crypto"] },
  readiness: { rooms: ["model"], packages: [], node: [] },
  diagnosis: { rooms: ["model"], packages: [], node: [] },
  gates: { rooms: ["model"], packages: [], node: [] },
  preflight: { rooms: ["model", "catalog"], packages: ["semver"], node: [] },
  charts: { rooms: ["model", "runtime", "manifest"], packages: ["yaml", "semver", "tar-stream"], node: ["*"] },
  helm: { rooms: ["model", "runtime"], packages: ["semver"], node: ["*"] },
  kube: { rooms: ["model", "runtime"], packages: ["@kubernetes/client-node", "ws", "yaml"], node: ["*"] },
  tools: { rooms: ["model", "runtime"], packages: ["tar-stream"], node: ["*"] },
  sandbox: { rooms: ["model", "runtime", "tools", "kube", "charts"], packages: ["yaml", "tar-stream"], node: ["*"] },
  verify: { rooms: ["model", "runtime"], packages: [], node: ["*"] },
  state: { rooms: ["model", "runtime", "kube"], packages: [], node: ["node:crypto"] },
  execute: {
    rooms: ["model", "runtime", "helm", "kube", "state", "readiness", "diagnosis", "gates", "manifest"],
    packages: [],
    node: [],
  },
  operations: {
    rooms: [
      "model",
      "runtime",
      "catalog",
      "config",
      "init",
      "lock",
      "manifest",
      "plan",
      "readiness",
      "diagnosis",
      "gates",
      "preflight",
      "charts",
      "helm",
      "kube",
      "tools",
      "sandbox",
      "state",
      "verify",
      "execute",
    ],
    packages: [],
    node: ["node:path", "node:crypto"],
  },
  report: { rooms: ["model"], packages: ["listr2", "yaml"], node: ["node:util", "node:stream"] },
  cli: { rooms: ["model", "runtime", "operations", "report"], packages: ["commander"], node: ["*"] },
};

/** Rooms that may print, and the only one that may end the process. */
export const MAY_PRINT = ["report", "cli"];
export const MAY_EXIT = ["cli"];
/** The only file that starts processes. */
export const MAY_SPAWN = "src/runtime/process.ts";
