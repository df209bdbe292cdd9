import { expect, test } from "vitest";
import { stampIstioFile } from "../../src/sandbox/istio-stamp.ts";

function stamp(path: string, text: string): string {
  return Buffer.from(stampIstioFile({ path, content: Buffer.from(text) }, "1.31.1").content).toString("utf8");
}

test("chart and app version become the release's, the comment above them stays", () => {
  const chart = "name: istiod\n# version: never shipped\nversion: 1.0.0\nappVersion: 1.0.0\nkeywords: []\n";
  expect(stamp("Chart.yaml", chart)).toBe(
    "name: istiod\n# version: never shipped\nversion: 1.31.1\nappVersion: 1.31.1\nkeywords: []\n",
  );
});

test("the default hub and tag become the release's, those of single components stay empty", () => {
  const values = [
    "_internal_defaults_do_not_set:",
    '  hub: ""',
    '  tag: ""',
    "  global:",
    "    # Dev builds from prow are on registry.istio.io/testing.",
    "    hub: registry.istio.io/testing",
    "    # a comment",
    "    tag: latest",
    '    variant: ""',
  ].join("\n");
  expect(stamp("values.yaml", values)).toBe(
    values.replace("hub: registry.istio.io/testing", "hub: docker.io/istio").replace("tag: latest", "tag: 1.31.1"),
  );
});

test("values without images and other files stay as they are", () => {
  expect(stamp("values.yaml", "name: x\n")).toBe("name: x\n");
  expect(stamp("templates/a.yaml", "version: 1.0.0\ntag: latest\n")).toBe("version: 1.0.0\ntag: latest\n");
});

test("a source that looks otherwise is refused rather than half stamped", () => {
  expect(() => stamp("Chart.yaml", "version: 1\n")).toThrow(expect.objectContaining({ code: "chart-invalid" }));
  expect(() => stamp("values.yaml", "hub: registry.istio.io/testing\ntag: latest\n  tag: latest\n")).toThrow(
    expect.objectContaining({ code: "chart-invalid" }),
  );
});
