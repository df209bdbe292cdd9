import * as fc from "fast-check";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { PLATFORMS } from "../../src/catalog/platforms.ts";
import { stackText } from "../../src/init/stack-text.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { read } from "../config/reading.ts";
import { allChoices, SAMPLES } from "./choices.ts";

const SCHEMA = "node_modules/flotilla/assets/flotilla.schema.json";
let profiles: Readonly<Record<string, string>>;

beforeAll(async () => {
  const texts = PLATFORMS.map(
    async (name) => [name, await readFile(join(packageRoot(), "values", `${name}.yaml`), "utf8")] as const,
  );
  profiles = Object.fromEntries(await Promise.all(texts));
});

describe("the file that choices make", () => {
  test.each(Object.entries(SAMPLES))("%s", (_name, choices) => {
    expect(stackText(choices, SCHEMA)).toMatchSnapshot();
  });

  test("is sound and brings no warning, whatever is chosen, in every environment and on the sandbox", async () => {
    const all = allChoices();
    expect(all.length).toBeGreaterThan(500);
    for (const choices of all) {
      const text = stackText(choices, SCHEMA);
      const environments = choices.environments.length === 0 ? [null] : choices.environments.map(({ name }) => name);
      for (const environment of environments) {
        const { stack, warnings } = await read(text, { environment, profiles });
        expect([warnings, stack.releases.length], text).toEqual([[], countOf(choices)]);
      }
      await expect(read(text, { sandbox: true, profiles }), text).resolves.toMatchObject({ warnings: [] });
    }
  }, 120_000);

  test("says what was chosen", async () => {
    const { stack } = await read(stackText(SAMPLES["the example, everywhere"] ?? never(), SCHEMA), { profiles });
    expect(stack).toMatchObject({
      name: "archive",
      environment: { name: "prod", profile: "eks", context: "arn:aws:eks:eu-west-1:1:cluster/prod" },
    });
    const ingress = stack.releases.find(({ name }) => name === "istio-ingressgateway");
    expect(ingress?.values).toMatchObject({
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        ports: expect.arrayContaining([{ name: "dicom-tls", port: 11112, protocol: "TCP", targetPort: 11112 }]),
      },
    });
    expect(stack.releases.at(-1)).toMatchObject({
      name: "dicom",
      chart: { type: "folder", path: "/stack/charts/dicom" },
      needs: ["istio-ingressgateway", "istio-egressgateway"],
      values: { routing: { dicom: { exposure: "public", clientCertificates: { required: true } } } },
    });
  });

  test("tells editors where its schema is, on the first line", () => {
    const [line] = stackText(SAMPLES["a name alone"] ?? never(), SCHEMA).split("\n");
    expect(line).toBe(`# yaml-language-server: $schema=${SCHEMA}`);
  });
});

function countOf({ istio, app }: ReturnType<typeof allChoices>[number]): number {
  const mesh = istio === null ? 0 : (istio.mode === "ambient" ? 4 : 2) + istio.gateways.length;
  return mesh + (app === null ? 0 : 1);
}

function never(): never {
  throw new Error("there is no such sample");
}

const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 10 }),
  fc.constantFrom(
    "yes",
    "null",
    "~",
    "1.5",
    "0x1f",
    "a: b",
    "# no",
    "${env:HOME}",
    "$${x}",
    "'\"",
    "- a",
    "{a}",
    "&a",
    "*a",
    "!x",
  ),
);

test("a context of any name is read back as it is", async () => {
  await fc.assert(
    fc.asyncProperty(words, async (context) => {
      const environments = [{ name: "dev", profile: null, context }];
      const text = stackText({ stack: "shop", environments, istio: null, app: null }, SCHEMA);
      const { stack } = await read(text, { environment: "dev" });
      expect(stack.environment.context).toBe(context);
    }),
    { numRuns: 500 },
  );
});
