import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { read, type Reading } from "./reading.ts";

const HEAD = "apiVersion: flotilla/v1\nstack: shop\n";

/** The values of a stack's only release. */
async function valuesOf(values: string, reading: Reading = {}, more = ""): Promise<JsonObject | undefined> {
  const text = `${HEAD}${more}releases:\n  - name: app\n    namespace: shop\n    chart: ./app\n    values:\n${values}`;
  return (await read(text, reading)).stack.releases[0]?.values;
}

describe("values are layered, the later layer wins", () => {
  test("profile, files and mappings in order, environment, --set", async () => {
    const layers = ["profile", "file", "inline", "environment", "set"];
    const layer = (index: number): string =>
      `{ ${layers
        .slice(index)
        .map((name) => `${name}: ${layers[index]}`)
        .join(", ")} }`;
    expect(
      await valuesOf(
        `      - a.yaml\n      - ${layer(2)}\n`,
        {
          sandbox: true,
          profiles: { sandbox: `releases: { app: ${layer(0)} }` },
          files: { "a.yaml": layer(1) },
          set: ["app.set=set"],
        },
        `environments: { sandbox: { values: { app: ${layer(3)} } } }\n`,
      ),
    ).toEqual({ profile: "profile", file: "file", inline: "inline", environment: "environment", set: "set" });
  });

  test("mappings are merged, lists are replaced, null stays for helm to act on", async () => {
    expect(
      await valuesOf(
        "      - { a: { b: 1, c: [1, 2] }, gone: { x: 1 }, word: { y: 1 }, back: ~ }\n      - { a: { c: [3], d: ~ }, gone: ~, word: text, back: { z: 1 } }\n",
      ),
    ).toEqual({ a: { b: 1, c: [3], d: null }, gone: null, word: "text", back: { z: 1 } });
  });

  test("a profile's values for a role reach every gateway of that role, and its ports are added to", async () => {
    const { stack } = await read(
      `${HEAD}istio:
  gateways:
    in: { role: ingress, namespace: gw, ports: [{ name: db, port: 5432 }] }
    out: { role: egress, namespace: gw }
    special: { role: ingress, namespace: gw, values: { service: { type: NodePort } } }
`,
      {
        sandbox: true,
        profiles: {
          sandbox:
            "gateways: { ingress: { replicaCount: 2, service: { type: ClusterIP, ports: [{ name: https, port: 443 }] } } }\nreleases: { special: { replicaCount: 3 } }\n",
        },
      },
    );
    const values = Object.fromEntries(stack.releases.map((release) => [release.name, release.values]));
    const https = { name: "https", port: 443 };
    expect(values["in"]).toEqual({
      replicaCount: 2,
      service: { type: "ClusterIP", ports: [https, { name: "db", port: 5432, protocol: "TCP", targetPort: 5432 }] },
    });
    expect(values["out"]).toEqual({ service: { type: "ClusterIP" } });
    expect(values["special"]).toEqual({ replicaCount: 3, service: { type: "NodePort", ports: [https] } });
  });

  test("what the istio section says outright beats the profile, and its values beat both", async () => {
    const profiles = { sandbox: "releases: { istiod: { global: { hub: profile.example, tag: a, variant: b } } }" };
    const text = `${HEAD}istio: { hub: said.example, values: { global: { tag: c } } }\n`;
    const { stack } = await read(text, { sandbox: true, profiles });
    expect(stack.releases[1]?.values).toEqual({ global: { hub: "said.example", tag: "c", variant: "b" } });
  });

  test("a values file of comments is an empty one", async () => {
    expect(await valuesOf("      - a.yaml\n", { files: { "a.yaml": "# later\n" } })).toEqual({});
  });
});

describe("--set", () => {
  test.each([
    ["app.replicas=3", { replicas: 3 }],
    ["app.a.b=text", { a: { b: "text" } }],
    ["app.on=true", { on: true }],
    ["app.off=false", { off: false }],
    ["app.gone=null", { gone: null }],
    ["app.zip=007", { zip: "007" }],
    ["app.empty=", { empty: "" }],
    ["app.url=http://x/?a=b,c", { url: "http://x/?a=b,c" }],
    ["app.list={a,2}", { list: ["a", 2] }],
    ["app.list={}", { list: [] }],
    [String.raw`app.notes.example\.com/x=y`, { notes: { "example.com/x": "y" } }],
    ["app.__proto__.polluted=1", JSON.parse('{"__proto__":{"polluted":1}}')],
  ])("%s", async (assignment, expected) => {
    expect(JSON.stringify(await valuesOf("      - {}\n", { set: [assignment] }))).toBe(JSON.stringify(expected));
    expect({}).not.toHaveProperty("polluted");
  });
});

describe("scalars are read as helm reads them", () => {
  test.each([
    ["yes", true],
    ["off", false],
    ['"yes"', "yes"],
    ["0644", 420],
    ["0o644", 420],
    ["0x1F", 31],
    ["-0b11", -3],
    ["1_000", 1000],
    ["08", 8],
    ["1.50", 1.5],
    ["1e3", 1000],
    ["1.2.3", "1.2.3"],
    ["12:30:45", "12:30:45"],
    ["2026-11-23", "2026-11-23"],
    ["~", null],
    ["!!str 12", "12"],
    ["|\n          a\n          b\n", "a\nb\n"],
  ])("%s", async (written, expected) => {
    expect(await valuesOf(`      - a: ${written}\n`)).toEqual({ a: expected });
  });
});

describe("anchors", () => {
  test("and merge keys are resolved; what a mapping says itself wins, and the first of several merges", async () => {
    expect(
      await valuesOf(
        "      - base: &base { a: 1, b: 1 }\n        more: &more { b: 2, c: 2 }\n        all: { <<: [*base, *more], a: 0 }\n        same: *base\n",
      ),
    ).toEqual({ base: { a: 1, b: 1 }, more: { b: 2, c: 2 }, all: { a: 0, b: 1, c: 2 }, same: { a: 1, b: 1 } });
  });
});

describe("variables", () => {
  const variables = { HOST: "db.example", EMPTY: "", PORT: "5432" };

  test.each([
    ["http://${env:HOST}:${env:PORT}/", "http://db.example:5432/"],
    ["${env:PORT}", "5432"],
    ["${env:NONE:-fallback}", "fallback"],
    ["${env:NONE:-}", ""],
    ["${env:EMPTY}", ""],
    ["${env:EMPTY:-fallback}", "fallback"],
    ["$${env:HOST}", "${env:HOST}"],
    ["$${other}", "${other}"],
    ["${other} $(HOST) $HOST", "${other} $(HOST) $HOST"],
  ])("%s", async (written, expected) => {
    const reading = { variables, files: { "a.yaml": `file: '${written}'\n` } };
    expect(await valuesOf(`      - a.yaml\n      - inline: '${written}'\n`, reading)).toEqual({
      file: expected,
      inline: expected,
    });
  });

  test("work outside values too, and another environment's need not be set", async () => {
    const text = `${HEAD}environments:\n  dev: { context: "\${env:HOST}" }\n  prod: { context: "\${env:PROD_CONTEXT}" }\n`;
    expect((await read(text, { variables })).stack.environment.context).toBe("db.example");
  });

  test.each(["profile: '${env:PLATFORM:-kind}'", "addressPool: '${env:POOL}'", "addressPool: ['${env:POOL}']"])(
    "another environment's %s is not judged before it is known",
    async (entry) => {
      const metallb = "releases: [{ name: metallb, namespace: metallb, chart: ./metallb }]\n";
      const text = `${HEAD}environments:\n  dev: {}\n  prod: { ${entry} }\n${metallb}`;
      expect((await read(text)).stack.environment.name).toBe("dev");
    },
  );
});
