import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** A private certificate authority. */
export interface Authority {
  /** PEM file of its certificate. */
  readonly caFile: string;
  /** A key and certificate for host names and addresses: `charts.example`, `127.0.0.1`. */
  readonly issue: (...names: readonly string[]) => Promise<ServerCertificate>;
  /** Likewise, with a certificate that ended yesterday. */
  readonly issueExpired: (...names: readonly string[]) => Promise<ServerCertificate>;
}

/** What a TLS server shows. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

const openssl = (...args: readonly string[]) => promisify(execFile)("openssl", args);
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];

/** Makes an authority; its files lie in `folder` under `name`. */
export async function makeAuthority(folder: string, name: string): Promise<Authority> {
  const caFile = join(folder, `${name}.pem`);
  const caKey = join(folder, `${name}.key`);
  const subject = ["-subj", `/CN=${name}`, "-addext", "basicConstraints=critical,CA:TRUE"];
  await openssl("req", "-x509", ...NEW_KEY, ...subject, "-keyout", caKey, "-out", caFile);
  let issued = 0;
  const issueFor = async (days: string, names: readonly string[]): Promise<ServerCertificate> => {
    issued += 1;
    const file = (ending: string): string => join(folder, `${name}-${issued}.${ending}`);
    const alternatives = names.map((each) => `${/^[\d.]+$/.test(each) ? "IP" : "DNS"}:${each}`).join(",");
    await writeFile(file("ext"), `subjectAltName=${alternatives}\n`);
    await openssl("req", ...NEW_KEY, "-subj", "/CN=server", "-keyout", file("key"), "-out", file("csr"));
    const signing = ["-CA", caFile, "-CAkey", caKey, "-CAcreateserial", "-days", days, "-extfile", file("ext")];
    await openssl("x509", "-req", "-in", file("csr"), ...signing, "-out", file("pem"));
    return { key: await readFile(file("key"), "utf8"), cert: await readFile(file("pem"), "utf8") };
  };
  return {
    caFile,
    issue: (...names) => issueFor("2", names),
    issueExpired: (...names) => issueFor("-1", names),
  };
}
