import type { DiagnosisCode } from "../../src/model/diagnosis.ts";
import { shellDeployment, shellImage, SLEEP, writePlainStack } from "../support/plain-stack.ts";

/** A small chart that cannot become ready, and what users are to be told. */
export interface Failure {
  /** Name of the release; its namespace is `failing-<name>`. */
  readonly name: string;
  /** The chart's only template. */
  readonly manifest: string;
  readonly code: DiagnosisCode;
  /** Kind of the object that is named. */
  readonly kind: string;
  /** What the message or its evidence has to mention. */
  readonly mentions: RegExp;
}

const job = (image: string, script: string, annotations = "{}"): string => `apiVersion: batch/v1
kind: Job
metadata: { name: task, annotations: ${annotations} }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: main, image: "${image}", command: [sh, -c, ${JSON.stringify(script)}] }
`;

const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec:
  storageClassName: no-such-class
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Mi } }
---
`;

const NO_PODS = `apiVersion: v1
kind: ResourceQuota
metadata: { name: no-pods }
spec: { hard: { pods: "0" } }
---
`;

/** Without a probe a container is ready for the moment between its start and its crash. */
const NEVER_READY = "readinessProbe: { exec: { command: [test, -f, /tmp/ready] } }\n";

const mount = (volume: string): string => `volumeMounts: [{ name: ${volume}, mountPath: /mnt }]\n`;

/** A host that no registry has (RFC 2606). */
const UNKNOWN_IMAGE = "registry.example/no-such-image:1";

/** What goes wrong on real clusters. @param image any image with a shell */
function failures(image: string): readonly Failure[] {
  const pod = (script: string, container?: string, spec?: string): string =>
    shellDeployment(image, script, container, spec);
  return [
    {
      name: "image",
      manifest: shellDeployment(UNKNOWN_IMAGE, SLEEP),
      code: "image-pull",
      kind: "Pod",
      mentions: /registry\.example\/no-such-image:1/,
    },
    {
      name: "crash",
      manifest: pod("echo the database URL is not set >&2; exit 3", NEVER_READY),
      code: "crash-loop",
      kind: "Pod",
      mentions: /the database URL is not set/,
    },
    {
      name: "memory",
      manifest: pod("tail /dev/zero", `resources: { limits: { memory: 16Mi } }\n${NEVER_READY}`),
      code: "oom-killed",
      kind: "Pod",
      mentions: /16Mi/,
    },
    {
      name: "configmap",
      manifest: pod(SLEEP, "envFrom: [{ configMapRef: { name: no-such-config } }]\n"),
      code: "config-missing",
      kind: "Pod",
      mentions: /no-such-config/,
    },
    {
      name: "secret-key",
      manifest: pod(SLEEP, "env: [{ name: A, valueFrom: { secretKeyRef: { name: no-such-secret, key: a } } }]\n"),
      code: "config-missing",
      kind: "Pod",
      mentions: /no-such-secret/,
    },
    {
      name: "secret-volume",
      manifest: pod(SLEEP, mount("s"), "volumes: [{ name: s, secret: { secretName: no-such-secret } }]\n"),
      code: "config-missing",
      kind: "Pod",
      mentions: /no-such-secret/,
    },
    {
      name: "probe",
      manifest: pod(
        SLEEP,
        "readinessProbe: { exec: { command: [sh, -c, 'echo not yet; exit 1'] }, periodSeconds: 1 }\n",
      ),
      code: "probe-failing",
      kind: "Pod",
      mentions: /not yet/,
    },
    {
      name: "size",
      manifest: pod(SLEEP, "resources: { requests: { cpu: 1000 } }\n"),
      code: "unschedulable",
      kind: "Pod",
      mentions: /Insufficient cpu/,
    },
    {
      name: "volume",
      manifest:
        CLAIM + pod(SLEEP, mount("data"), "volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]\n"),
      code: "volume-unbound",
      kind: "PersistentVolumeClaim",
      mentions: /no-such-class/,
    },
    {
      name: "quota",
      manifest: NO_PODS + pod(SLEEP),
      code: "quota",
      kind: "Deployment",
      mentions: /exceeded quota: no-pods/,
    },
    { name: "security", manifest: pod(SLEEP), code: "pod-security", kind: "Deployment", mentions: /restricted/ },
    {
      name: "job",
      manifest: job(image, "echo no rows >&2; exit 4"),
      code: "job-failed",
      kind: "Job",
      mentions: /no rows/,
    },
    {
      name: "hook",
      manifest: job(image, "echo migration 12 failed >&2; exit 5", '{ helm.sh/hook: "pre-install,pre-upgrade" }'),
      code: "hook-failed",
      kind: "Job",
      mentions: /migration 12 failed/,
    },
  ];
}

/** A stack of all failures; none needs another. */
export interface FailingStack {
  /** Path of the stack file. */
  readonly file: string;
  readonly failures: readonly Failure[];
  /** What it leaves behind. */
  readonly namespaces: readonly string[];
}

/** Writes the stack into a folder. */
export async function failingStack(folder: string): Promise<FailingStack> {
  const all = failures(await shellImage());
  const releases = all.map(({ name, manifest }) => ({ name, manifest, namespace: `failing-${name}` }));
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  return {
    file: await writePlainStack(folder, "failing", releases, "45s", { "failing-security": { labels } }),
    failures: all,
    namespaces: releases.map(({ namespace }) => namespace),
  };
}
