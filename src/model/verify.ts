import type { SecretName } from "./stack.ts";

/** Where the authorities come from that a server's certificate is checked against. */
export type AuthoritySource =
  /** A PEM file; its absolute path. */
  | { readonly type: "file"; readonly path: string }
  /** A Secret; without a key, its `ca.crt`, else its `tls.crt`. */
  | { readonly type: "secret"; readonly secret: SecretName; readonly key: string | null };

/** Who logs in over HTTPS. The words themselves stay in the cluster. */
export interface LoginSource {
  readonly secret: SecretName;
  /** Null: the Secret's `usernameKey` holds it. */
  readonly username: string | null;
  readonly usernameKey: string;
  readonly passwordKey: string;
}

/** The way in: a gateway of the stack, by its release, or a Service of anybody's. */
export type Entrance =
  | { readonly type: "gateway"; readonly release: string; readonly namespace: string }
  | { readonly type: "service"; readonly namespace: string; readonly name: string };

/** What all smoke tests have. */
interface SmokeTestBase {
  /** The release that declares it. */
  readonly release: string;
  /** That release's namespace. */
  readonly namespace: string;
  /** Unique within the release. */
  readonly name: string;
  readonly entrance: Entrance;
  /** Port of the entrance's Service. */
  readonly port: number;
  /** Host name: it is sent as SNI, and the certificate must be for it. Null: neither. */
  readonly host: string | null;
  /** Whether the host must resolve to the entrance's address. */
  readonly dns: boolean;
  /** False: plain text. */
  readonly tls: boolean;
  /** Null: the usual authorities. */
  readonly authority: AuthoritySource | null;
  /** A Secret with `tls.crt` and `tls.key` to show the server; null: none. */
  readonly clientCertificate: SecretName | null;
  /** Milliseconds for which a failure that may pass is tried again. */
  readonly timeoutMs: number;
}

/** A page that must be served. */
export interface HttpsTest extends SmokeTestBase {
  readonly kind: "https";
  readonly host: string;
  readonly path: string;
  /** The statuses that will do; null: any from 200 to 399. */
  readonly statuses: readonly number[] | null;
  readonly login: LoginSource | null;
}

/** A DICOM server that must answer C-ECHO. */
export interface DicomTest extends SmokeTestBase {
  readonly kind: "dicom";
  /** What the server is called: its AE title. */
  readonly calledTitle: string;
  /** What we call ourselves. */
  readonly callingTitle: string;
  /** `optional`: it must answer those too that send no SNI, as most DICOM devices do not. */
  readonly sni: "optional" | "required";
  /** Whether a small object is stored (C-STORE) and looked up (C-FIND). */
  readonly roundTrip: boolean;
}

/** A port that must take connections. */
export interface TcpTest extends SmokeTestBase {
  readonly kind: "tcp";
}

/** A smoke test that a release declares. */
export type SmokeTest = HttpsTest | DicomTest | TcpTest;

/** How smoke tests get to an entrance. `auto`: by its address where that answers, else through a forwarded port. */
export type WayChoice = "auto" | "address" | "port-forward";
