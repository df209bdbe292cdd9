import type { JsonObject } from "../../src/model/json.ts";

/** What is wrong, values that have it, the part that refuses them, and the path of the value in it. */
export type WrongValues = readonly [what: string, values: JsonObject, part: string, path: string];

/** One of each rule of the schemas of charts/dicom. */
export const WRONG: readonly WrongValues[] = [
  ["an unknown key", { orthnac: {} }, "dicom", "orthnac"],
  ["an unknown key further down", { postgres: { persistence: { enable: false } } }, "postgres", "/persistence"],
  ["a wrong type", { postgres: { persistence: { enabled: "yes" } } }, "postgres", "/persistence/enabled"],
  ["an unknown global", { global: { dicom: { databse: {} } } }, "dicom", "/global/dicom"],
  ["a digest without algorithm", { orthanc: { image: { digest: "0".repeat(64) } } }, "orthanc", "/image/digest"],
  ["such a digest of PostgreSQL", { postgres: { image: { digest: "0".repeat(64) } } }, "postgres", "/image/digest"],
  ["a short digest", { tests: { image: { digest: "sha256:00" } } }, "dicom", "/tests/image/digest"],
  ["a port that the gateway has for others", { routing: { dicom: { port: 443 } } }, "routing", "/dicom/port"],
  ["a host with a wildcard for HTTPS", { routing: { web: { host: "*" } } }, "routing", "/web/host"],
  ["DICOM hosts without SNI", { routing: { dicom: { hosts: ["a.example"] } } }, "routing", "/dicom/hosts/0"],
  [
    "public DICOM without client certificates",
    { routing: { dicom: { exposure: "public" } } },
    "routing",
    "/dicom/clientCertificates/required",
  ],
  ["a gateway without labels", { routing: { gateway: { selector: { istio: null } } } }, "routing", "/gateway/selector"],
  ["root", { postgres: { podSecurityContext: { runAsUser: 0 } } }, "postgres", "/podSecurityContext/runAsUser"],
  ["perhaps root", { orthanc: { podSecurityContext: { runAsNonRoot: false } } }, "orthanc", "/podSecurityContext"],
  ["users in the ConfigMap", { orthanc: { config: { RegisteredUsers: { a: "b" } } } }, "orthanc", "RegisteredUsers"],
  ["no database", { postgres: { enabled: false } }, "dicom", "/global/dicom/database/host"],
  ["two databases", { global: { dicom: { database: { host: "db" } } } }, "dicom", "/global/dicom/database/host"],
];
