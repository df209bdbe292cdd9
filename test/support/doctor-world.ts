import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { helmProvider } from "../../src/operations/choose-helm.ts";
import type { ClusterOptions } from "../../src/operations/connect-cluster.ts";
import { doctor } from "../../src/operations/doctor.ts";
import { loadStack } from "../../src/operations/load-stack.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { Stack } from "../../src/model/stack.ts";
import { packChart, writeChartFolder } from "./chart-archive.ts";
import { quietContext, type TestSandbox } from "./test-sandbox.ts";

/** What a look is different in. */
export interface Look {
  readonly cluster?: Partial<ClusterOptions>;
  /** What is changed of the stack once it is read, such as a profile that needs no file then. */
  readonly stack?: Partial<Stack>;
  /** Path of a helm. */
  readonly helm?: string;
  readonly today?: Date;
}

/** A folder with charts and a stack file, and a doctor that looks at a sandbox through its kubeconfig. */
export interface DoctorWorld {
  /** Path of the stack file, as the last look has left it. */
  readonly file: string;
  /** Everything that any look has found. */
  readonly seen: ReadonlySet<string>;
  /** What the doctor says of a stack with these lines under its head. */
  look(lines: string, look?: Look): Promise<readonly Finding[]>;
  /** Writes the stack file for other commands. */
  write(lines: string): Promise<string>;
  /** Lines of a stack with a small stand-in for Istio of some version: charts of its names that hold nothing much. */
  istio(version: string, more?: string): string;
  /** Lines of a stack with one release `app` in namespace `apps`, whose chart has this template. */
  app(name: string, template: string): Promise<string>;
}

/** Versions that the stand-in for Istio has; each is another case of the support table. */
const VERSIONS = ["1.27.1", "1.29.8", "1.30.5", "1.31.1", "1.99.0"];

/** Makes a world in a folder that is there. */
export async function doctorWorld(folder: string, sandbox: TestSandbox, helm: string): Promise<DoctorWorld> {
  const file = join(folder, "flotilla.yaml");
  const charts = join(folder, "istio");
  await mkdir(charts);
  for (const version of VERSIONS) {
    for (const name of ["base", "istiod", "gateway", "cni"]) {
      await writeFile(join(charts, `${name}-${version}.tgz`), await packChart({ name, version, appVersion: version }));
    }
  }
  const seen = new Set<string>();
  const write = async (lines: string): Promise<string> => {
    // Another stack file, and so none of the last one's pins.
    await rm(join(folder, "flotilla.lock"), { force: true });
    await writeFile(file, `apiVersion: flotilla/v1\nstack: examined\n${lines}\n`);
    return file;
  };
  return {
    file,
    seen,
    write,
    istio: (version, more = "") => `istio: { version: ${version}, source: ./istio${more} }`,
    app: async (name, template) => {
      await writeChartFolder(join(folder, name), { name, version: "1.0.0", files: { "templates/app.yaml": template } });
      return `releases: [{ name: app, namespace: apps, chart: ./${name} }]`;
    },
    look: async (lines, look = {}) => {
      const context = quietContext();
      const stack = await loadStack({ file: await write(lines), anyVersion: true }, context);
      const { kubeconfig } = sandbox;
      const cluster = { sandbox: null, kubeconfig, context: sandbox.context, interactive: false, changes: true };
      const { findings } = await doctor(
        {
          stack: { ...stack, ...look.stack },
          cluster: { ...cluster, ...look.cluster },
          helm: helmProvider({ helm: look.helm ?? helm, fetch: false }, context),
          ...(look.today && { today: look.today }),
        },
        context,
      );
      for (const { code } of findings) seen.add(code);
      return findings;
    },
  };
}
