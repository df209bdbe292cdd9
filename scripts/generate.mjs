// Writes what is derived: lint rules from the fences, the JSON Schema from the code, a chart's README from its values. `--check` writes nothing and fails
// when something on disk is out of date.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chartReadme } from "./chart-readme.mjs";
import { FENCES, MAY_EXIT, MAY_PRINT, MAY_SPAWN } from "./fences.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** `up` is the way from a file to the folder that holds the rooms; what lies between is the room itself. */
const restricted = (room, { rooms, packages, node }, { up = "..", more = [] } = {}) => [
  "error",
  {
    patterns: [
      {
        group: [
          "*",
          "**",
          "!./**",
          ...(up === ".." ? [] : ["!../*.ts"]),
          ...rooms.map((name) => `!${up}/${name}/**`),
          ...packages.flatMap((name) => [`!${name}`, `!${name}/**`]),
          ...(node.includes("*") ? ["!node:*", "!node:*/**", ...SPAWNERS] : node.map((name) => `!${name}`)),
          ...more,
        ],
        message: `${room}/ may not import this: see scripts/fences.mjs and docs/architecture.md.`,
      },
    ],
  },
];

const SPAWNERS = ["node:child_process", "node:cluster", "node:worker_threads"];

/** The lint configuration; a later override replaces an earlier one, so each room's stands alone. */
export function lintConfig() {
  return {
    $schema: "./node_modules/oxlint/configuration_schema.json",
    plugins: ["eslint", "typescript", "import", "unicorn", "oxc"],
    categories: { correctness: "error", suspicious: "error" },
    rules: {
      "import/no-cycle": "error",
      "import/no-default-export": "error",
      "import/no-unassigned-import": "off",
      "eslint/no-console": "error",
      "eslint/max-lines": ["error", { max: 300, skipBlankLines: false, skipComments: false }],
      "eslint/max-lines-per-function": ["error", { max: 60, skipComments: true, skipBlankLines: true }],
      "eslint/no-shadow": "off",
      "eslint/no-await-in-loop": "off",
      "eslint/eqeqeq": "error",
      "eslint/prefer-const": "error",
      "eslint/no-var": "error",
      "typescript/no-explicit-any": "error",
      "typescript/no-non-null-assertion": "error",
      "typescript/consistent-type-imports": "error",
      "unicorn/no-process-exit": "error",
      "unicorn/prefer-node-protocol": "error",
      "unicorn/no-array-sort": "off",
      "unicorn/consistent-function-scoping": "off",
    },
    overrides: [
      ...Object.entries(FENCES).flatMap(([room, fence]) =>
        [
          { files: [`src/${room}/*`], up: ".." },
          { files: [`src/${room}/*/**`], up: "../.." },
        ].map(({ files, up }) => ({
          files,
          rules: {
            "no-restricted-imports": restricted(room, fence, { up }),
            ...(MAY_PRINT.includes(room) ? { "no-console": "off" } : {}),
            ...(MAY_EXIT.includes(room) ? { "unicorn/no-process-exit": "off" } : {}),
          },
        })),
      ),
      {
        files: [MAY_SPAWN],
        rules: { "no-restricted-imports": restricted("runtime", FENCES.runtime, { more: ["!node:child_process"] }) },
      },
      { files: ["*.config.ts"], rules: { "import/no-default-export": "off" } },
      {
        files: ["scripts/**", "bench/**", "bin/**"],
        rules: { "no-console": "off", "unicorn/no-process-exit": "off", "max-lines-per-function": "off" },
      },
      {
        files: ["test/**"],
        rules: {
          "no-console": "off",
          "unicorn/no-process-exit": "off",
          "max-lines-per-function": "off",
          "max-lines": "off",
        },
      },
    ],
    ignorePatterns: ["dist/**", "node_modules/**", "coverage/**"],
  };
}

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

async function main() {
  const outputs = {
    ".oxlintrc.json": json(lintConfig()),
    "charts/dicom/README.md": await chartReadme(join(root, "charts", "dicom")),
    ...(await derivedFromSource()),
  };
  const check = process.argv.includes("--check");
  let stale = 0;
  for (const [file, text] of Object.entries(outputs)) {
    const path = join(root, file);
    if ((await readFile(path, "utf8").catch(() => "")) === text) continue;
    if (check) console.error(`${file} is out of date: run npm run generate`);
    else await writeFile(path, text);
    stale += 1;
  }
  if (check && stale > 0) process.exit(1);
}

/** What comes out of the TypeScript sources, which Node 20 cannot run as they are: bundled on the way. */
async function derivedFromSource() {
  const { build } = await import("esbuild");
  const bundle = await build({
    stdin: { contents: 'export { jsonSchema } from "./src/config/json-schema.ts";', resolveDir: root },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  const code = Buffer.from(bundle.outputFiles[0].contents).toString("base64");
  const { jsonSchema } = await import(`data:text/javascript;base64,${code}`);
  return { "assets/flotilla.schema.json": json(jsonSchema()) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
