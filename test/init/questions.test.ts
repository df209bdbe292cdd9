import { describe, expect, test } from "vitest";
import type { Answers, Surroundings } from "../../src/init/answers.ts";
import { readFlags } from "../../src/init/flags.ts";
import type { InitFlags } from "../../src/init/init-flags.ts";
import { choicesOf, nextQuestion } from "../../src/init/questions.ts";

const AROUND: Surroundings = { folder: "My Shop (2)", contexts: ["kind-a", "prod_eks.eksctl.io"], charts: [] };

/** What was asked, and what was made of the answers: one a question, by what the question is about; nothing for Enter. */
function talk(flags: InitFlags, answers: readonly (readonly [about: RegExp, answer: string])[] = [], around = AROUND) {
  const read = readFlags(flags);
  if ("fault" in read) throw new Error(read.fault);
  let said: Answers = read.value;
  const open = [...answers];
  const asked: string[] = [];
  for (let question = nextQuestion(said, around); question !== null; question = nextQuestion(said, around)) {
    const next = open[0]?.[0].test(question.text) ? open.shift() : undefined;
    asked.push(`${question.text} [${question.preset}]`);
    const taken = question.take(next?.[1] ?? "");
    if (typeof taken === "string") asked.push(`  ${taken}`);
    else said = taken;
    if (asked.length > 50) throw new Error(`asks without end:\n${asked.join("\n")}`);
  }
  expect(open).toEqual([]);
  return { asked, choices: choicesOf(said) };
}

test("Enter takes what stands in brackets", () => {
  const { asked, choices } = talk({});
  expect(asked).toEqual([
    "Name of the stack [my-shop-2]",
    "Context, by number or name [none]",
    "Install Istio as well (y, n) [y]",
    "How pods join the mesh (sidecar, ambient) [sidecar]",
    "Gateways (ingress, egress, or both with a comma, or none) [ingress]",
    "Chart [none]",
    "Ports of the ingress gateway beside 80 and 443 (NAME:PORT, with commas) [none]",
  ]);
  expect(choices).toEqual({
    stack: "my-shop-2",
    environments: [],
    istio: { version: "~1.31.0", mode: "sidecar", gateways: ["ingress"], ports: [], exposure: null },
    app: null,
  });
});

test("what a flag says is not asked", () => {
  const flags: InitFlags = {
    stack: "shop",
    profile: "kind",
    context: "kind-a",
    environment: "here",
    mode: "ambient",
    gateways: "ingress",
    port: ["db:5432"],
    app: "./charts/shop",
    release: "web",
    namespace: "front",
    mesh: false,
  };
  expect(talk(flags)).toEqual({
    asked: [],
    choices: {
      stack: "shop",
      environments: [{ name: "here", profile: "kind", context: "kind-a" }],
      istio: {
        version: "~1.31.0",
        mode: "ambient",
        gateways: ["ingress"],
        ports: [{ name: "db", port: 5432 }],
        exposure: null,
      },
      app: { release: "web", namespace: "front", chart: "./charts/shop", version: null, mesh: false },
    },
  });
});

describe("environments", () => {
  test("are asked for until there are no more; platforms are told from contexts", () => {
    const { asked, choices } = talk({ stack: "s", istio: false, app: "none" }, [
      [/^Context/, "2"],
      [/^Another/, "kind-a"],
      [/^Its platform/, "k3s"],
      [/^Another/, "elsewhere"],
      [/^What this/, "dev"],
      [/^What this/, "lab"],
    ]);
    expect(choices.environments).toEqual([
      { name: "prod", profile: "eks", context: "prod_eks.eksctl.io" },
      { name: "dev", profile: "k3s", context: "kind-a" },
      { name: "lab", profile: null, context: "elsewhere" },
    ]);
    expect(asked).toContain('  there is an environment "dev" already');
    expect(asked.at(-1)).toBe("Another context, by number or name [none]");
  });

  test("of flags are completed: the first by questions, the default of all", () => {
    const { asked, choices } = talk({
      stack: "s",
      istio: false,
      app: "none",
      profile: "gke",
      target: ["dev=@minikube"],
    });
    expect(asked).toEqual(["Context, by number or name [none]", "What this environment is called (-e NAME) [prod]"]);
    expect(choices.environments).toEqual([
      { name: "prod", profile: "gke", context: null },
      { name: "dev", profile: "minikube", context: "minikube" },
    ]);
  });

  test.for([
    ["minikube", "minikube"],
    ["kind-dev", "kind"],
    ["k3d-dev", "k3s"],
    ["gke_project_zone_name", "gke"],
    ["arn:aws:eks:eu-west-1:1:cluster/a", "eks"],
    ["me@name.eu-west-1.eksctl.io", "eks"],
    ["my-aks", "aks"],
    ["default/api-crc-testing:6443/kubeadmin", "openshift"],
    ["kubernetes-admin@kubernetes", null],
    ["geeks", null],
    ["weeks-kind", null],
  ] as const)("a context %s is taken for %s", ([context, profile]) => {
    const { choices } = talk({ stack: "s", istio: false, app: "none", context });
    expect(choices.environments[0]).toMatchObject({ context, profile });
  });
});

describe("the app", () => {
  test("may be the example, whose port the gateway opens", () => {
    const { choices } = talk({}, [[/^Chart/, "dicom"]]);
    expect(choices.istio?.ports).toEqual([{ name: "dicom-tls", port: 11112 }]);
    expect(choices.app).toEqual({
      release: "dicom",
      namespace: "dicom",
      chart: { example: "dicom" },
      version: null,
      mesh: false,
    });
    const { choices: others } = talk({ app: "dicom", port: ["db:5432"] });
    expect(others.istio?.ports).toEqual([
      { name: "dicom-tls", port: 11112 },
      { name: "db", port: 5432 },
    ]);
  });

  test("is the chart that lies there, unless another is named", () => {
    const around = { ...AROUND, charts: ["./charts/web"] };
    const app = { release: "web", namespace: "web", chart: "./charts/web", version: null, mesh: true };
    expect(talk({}, [], around).choices.app).toEqual(app);
    expect(talk({}, [[/^Chart/, "none"]], around).choices.app).toBeNull();
  });

  test.for([
    ["charts/Web_App", "./charts/Web_App", "web-app"],
    [".", ".", "my-shop-2"],
    ["./shop-1.2.3.tgz", "./shop-1.2.3.tgz", "shop"],
    ["oci://charts.example/team/shop", "oci://charts.example/team/shop", "shop"],
    ["https://charts.example/stable/shop", { source: "https://charts.example/stable", name: "shop" }, "shop"],
  ] as const)("%s: its release is named for it", ([place, chart, release]) => {
    expect(talk({ app: place }).choices.app).toMatchObject({ chart, release, namespace: release });
  });
});

test("who reaches the gateway is asked where a platform makes something of it", () => {
  const exposure = /^Who reaches/;
  expect(talk({ profile: "kind" }).asked.some((text) => exposure.test(text))).toBe(false);
  expect(talk({ profile: "aks", gateways: "egress" }).asked.some((text) => exposure.test(text))).toBe(false);
  expect(talk({ profile: "aks" }, [[exposure, "public"]]).choices.istio?.exposure).toBe("public");
});

describe("an answer that cannot be meant is asked for again, and says what is wrong", () => {
  test.for([
    [{}, /^Name of the stack/, "My Shop", '"My Shop" is no DNS label'],
    [{}, /^Context/, "7", "there are 2 contexts in the list"],
    [{}, /^Install/, "perhaps", "the answer is y or n"],
    [{}, /^How pods/, "sidcar", 'there is no "sidcar"; did you mean "sidecar"?'],
    [{}, /^Gateways/, "ingress,north", 'there is no "north"; gateways: ingress, egress'],
    [{}, /^Ports/, "db", '"db" is no port'],
    [{}, /^Ports/, "web:443", "the gateway has 443 (https) already"],
    [{}, /^Ports/, "a:1,a:2", "the gateway has 1 (a) already"],
    [{}, /^Ports/, "a:70000", '"a:70000" is no port'],
    [{}, /^Chart/, "ftp://x/y", '"ftp://x/y" is no chart'],
    [{ app: "./a" }, /^Name of its release/, "a".repeat(54), "at most 53 characters"],
    [{ app: "./a" }, /^Its namespace/, "-", '"-" is no DNS label'],
    [{ app: "./a" }, /^Shall its pods/, "2", "the answer is y or n"],
    [{ context: "x" }, /^Its platform/, "ek", 'there is no "ek"; did you mean "eks"?'],
  ] as const)("%j %s %s", ([flags, about, answer, fault]) => {
    expect(talk(flags, [[about, answer]]).asked.find((line) => line.startsWith("  "))).toContain(fault);
  });
});

describe("flags that cannot be meant are refused by name", () => {
  test.for([
    [{ stack: "A" }, '--stack: "A" is no DNS label'],
    [{ istioVersion: "new" }, '--istio-version: "new" is no semver range'],
    [{ mode: "x" }, '--mode: there is no "x"'],
    [{ profile: "azure" }, '--profile: there is no "azure"'],
    [{ environment: "A" }, '--environment: "A" is no DNS label'],
    [{ target: ["=eks"] }, '--target: "" is no DNS label'],
    [{ target: ["a=b"] }, '--target: there is no "b"'],
    [{ port: ["http2:81"] }, "--port: the gateway has 80 (http2) already"],
    [{ istio: false, gateways: "ingress" }, "--gateways says how Istio shall be, and --no-istio leaves it out"],
    [{ istio: false, mesh: true }, "--mesh needs Istio"],
    [{ gateways: "egress", port: ["a:1"] }, "--port is about the ingress gateway"],
    [{ app: "none", namespace: "a" }, "--namespace is about the app"],
    [{ app: "./a", chartVersion: "^1" }, "--chart-version is for charts of repositories"],
    [{ app: "oci://a/b", chartVersion: "newest" }, '--chart-version: "newest" is no semver range'],
  ] as const)("%j", ([flags, fault]) => {
    const read = readFlags(flags);
    expect("fault" in read ? read.fault : "none").toContain(fault);
  });
});
