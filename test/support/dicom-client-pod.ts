import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { packageRoot } from "../../src/runtime/directories.ts";
import type { ClusterApi, KubeJson } from "./cluster-api.ts";
import { until } from "./until.ts";

/** What dcmtk's tools are asked to do, from a pod outside the mesh. */
export interface DicomTask {
  /** Where the pod runs: the gateway's namespace, whose TLS Secret it trusts. */
  readonly namespace: string;
  /** The TLS Secret with `ca.crt`. */
  readonly secret: string;
  readonly aeTitle: string;
  /** `host:port` of the gateway. */
  readonly gateway: readonly [host: string, port: number];
  /** PEM of an authority that has nothing to do with it. */
  readonly stranger: string;
  /** A plain HTTP address behind the mesh. */
  readonly plainUrl: string;
}

/** How dcmtk's tools and curl ended: 0 is success. */
export type DicomOutcome = Readonly<
  Record<"echo" | "store" | "plainEcho" | "strangerEcho", number> & { readonly plainStatus: string }
>;

/** The smallest image that an archive takes: secondary capture, one grey pixel. */
const IMAGE = `(0008,0016) UI =SecondaryCaptureImageStorage
(0008,0018) UI [2.25.1]
(0008,0060) CS [OT]
(0010,0010) PN [Probe^Store]
(0010,0020) LO [PROBE]
(0020,000d) UI [2.25.2]
(0020,000e) UI [2.25.3]
(0028,0002) US 1
(0028,0004) CS [MONOCHROME2]
(0028,0010) US 1
(0028,0011) US 1
(0028,0100) US 8
(0028,0101) US 8
(0028,0102) US 7
(0028,0103) US 0
(7fe0,0010) OB 00\\00
`;

const NAME = "dicom-client";

/** Runs echoscu, storescu and curl in a pod that has no sidecar; takes the pod away again. */
export async function runDicomClient(api: ClusterApi, task: DicomTask): Promise<DicomOutcome> {
  const { namespace, secret, stranger } = task;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const maps = `/api/v1/namespaces/${namespace}/configmaps`;
  const data = { "image.dump": IMAGE, "stranger.crt": stranger, "client.sh": script(task) };
  await api.send("POST", maps, { metadata: { name: NAME }, data });
  await api.send("POST", pods, {
    metadata: { name: NAME, labels: { "sidecar.istio.io/inject": "false" } },
    spec: {
      restartPolicy: "Never",
      containers: [
        {
          name: "client",
          image: await orthancImage(),
          command: ["sh", "/client/client.sh"],
          volumeMounts: [
            { name: "client", mountPath: "/client" },
            { name: "tls", mountPath: "/tls" },
          ],
        },
      ],
      volumes: [
        { name: "client", configMap: { name: NAME } },
        { name: "tls", secret: { secretName: secret, items: [{ key: "ca.crt", path: "ca.crt" }] } },
      ],
    },
  });
  try {
    const ended = await until(async () => (await stateOf(api, `${pods}/${NAME}`)) !== undefined, 90_000);
    const state = await stateOf(api, `${pods}/${NAME}`);
    if (!ended || state?.["exitCode"] !== 0) throw new Error(`the client pod did not end: ${JSON.stringify(state)}`);
    return JSON.parse(state["message"]) as DicomOutcome;
  } finally {
    await api.send("DELETE", `${pods}/${NAME}?gracePeriodSeconds=0`);
    await api.send("DELETE", `${maps}/${NAME}`);
  }
}

async function stateOf(api: ClusterApi, pod: string): Promise<KubeJson | undefined> {
  return (await api.get(pod))?.["status"].containerStatuses?.[0].state.terminated;
}

/** What it found goes where the kubelet takes a container's last words from. */
function script({ aeTitle, gateway: [host, port], plainUrl }: DicomTask): string {
  const call = (tool: string, tls: string, more = ""): string =>
    `${tool} -to 10 ${tls} -aec ${aeTitle} ${host} ${port} ${more}`;
  const trusted = "+tla +cf /tls/ca.crt";
  return `dump2dcm /client/image.dump /tmp/image.dcm || exit 9
for try in 1 2 3 4 5 6 7 8 9 10; do ${call("echoscu", trusted)}; echo=$?; [ $echo = 0 ] && break; sleep 1; done
${call("storescu", trusted, "/tmp/image.dcm")}; store=$?
${call("echoscu", "")}; plain=$?
${call("echoscu", "+tla +cf /client/stranger.crt")}; stranger=$?
status=$(curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' ${plainUrl})
printf '{"echo":%d,"store":%d,"plainEcho":%d,"strangerEcho":%d,"plainStatus":"%s"}' \\
  $echo $store $plain $stranger $status > /dev/termination-log
`;
}

/** The image of our chart's Orthanc; Debian's, which the real node serves under that name, brings dcmtk. */
async function orthancImage(): Promise<string> {
  const values = join(packageRoot(), "charts", "dicom", "charts", "orthanc", "values.yaml");
  const { repository, tag } = parse(await readFile(values, "utf8")).image;
  return `${repository}:${tag}`;
}
