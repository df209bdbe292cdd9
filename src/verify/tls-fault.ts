import { checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";
import { codeOf, networkFault } from "./network-fault.ts";
import { ProbeFault } from "./probe-fault.ts";

/** How we present ourselves, and whom we trust. */
export interface TlsSettings {
  /** Host name that the certificate must be for; null: any. */
  readonly host: string | null;
  /** Whether the host name is sent (SNI, RFC 6066). */
  readonly sni: boolean;
  /** PEM of the only authorities that are trusted; null: the usual ones; empty: nobody is. */
  readonly ca: string | null;
  /** PEM of what is shown to the server; null: nothing. */
  readonly client: { readonly cert: string; readonly key: string } | null;
}

const OTHER_CHAIN =
  "Compare the `ca` of this test with what signed the certificate that the gateway shows (its Secret, by `credentialName`).";

/**
 * The typed fault for a handshake that failed.
 * @param target `HOST:PORT`, for the message
 */
export function handshakeFault(error: Error, settings: TlsSettings, target: string): ProbeFault {
  if (error instanceof ProbeFault) return error;
  const alert = alertFault(error, target);
  if (alert !== null) return alert;
  const network = networkFault(error, target);
  if (network.code !== "connection-cut") return network;
  const { host, sni } = settings;
  const name = sni && host !== null ? `for ${host}` : "without a host name (SNI)";
  return new ProbeFault(
    "tls-failed",
    `${target} cut the connection during the TLS handshake ${name}.`,
    "The gateway has no server for this host on this port, no certificate to show, or (for TCP) nobody behind its route: look at its Gateway, at the Secret that `credentialName` names, and at the VirtualService.",
    { mayPass: true, cause: error },
  );
}

/**
 * What is wrong with the certificate of a connection that stands: chain, dates (by the codes of OpenSSL, X509_V_ERR_…, as
 * Node writes them) and host name. Null when nothing is.
 */
export function certificateFault(secure: TLSSocket, { host }: TlsSettings, target: string): ProbeFault | null {
  const certificate = secure.getPeerCertificate();
  // Node's own word is about what was sent as SNI; without SNI the name counts all the same.
  const named = host === null ? undefined : checkServerIdentity(host, certificate);
  const said = String(secure.authorizationError ?? "");
  const code = said !== "" && said !== "ERR_TLS_CERT_ALTNAME_INVALID" ? said : codeOf(named);
  if (code === "") return null;
  const shown = describe(certificate);
  if (code === "CERT_HAS_EXPIRED") {
    const hint = "Have it renewed, and look why that did not happen by itself.";
    return new ProbeFault("certificate-expired", `The certificate of ${target} has expired${shown}.`, hint);
  }
  if (code === "CERT_NOT_YET_VALID") {
    const hint = "Look at the clocks of this machine and of whoever made the certificate.";
    return new ProbeFault("certificate-not-yet-valid", `The certificate of ${target} is not valid yet${shown}.`, hint);
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const hint = `Have ${host ?? "the host"} put into the certificate, or correct \`host\`.`;
    return new ProbeFault("certificate-name", `The certificate of ${target} is not for ${host}${shown}.`, hint, {
      mayPass: true,
    });
  }
  if (/SELF_SIGNED|UNABLE_TO|CERT_SIGNATURE|CERT_UNTRUSTED|INVALID_CA/.test(code)) {
    const why = `The certificate of ${target} is not signed by an authority that is trusted here${shown}.`;
    return new ProbeFault("certificate-untrusted", why, OTHER_CHAIN, { mayPass: true });
  }
  return new ProbeFault("tls-failed", `The certificate of ${target} is not valid: ${code}${shown}.`, OTHER_CHAIN);
}

/** What the server says of us, or of how we speak; null for a fault of another kind. */
export function alertFault(error: Error, target: string): ProbeFault | null {
  const text = `${codeOf(error)} ${error.message}`;
  if (/WRONG_VERSION|wrong version|UNEXPECTED_MESSAGE|BAD_RECORD|PACKET_LENGTH/.test(text)) {
    const why = `${target} does not speak TLS.`;
    return new ProbeFault("tls-failed", why, "Look at the protocol of this port in the gateway.", { cause: error });
  }
  if (!/alert/i.test(text)) return null;
  const why = `${target} refuses the TLS handshake: ${alertText(error)}.`;
  return /certificate|unknown.ca/i.test(text)
    ? new ProbeFault("client-certificate-refused", why, "Name a Secret with `clientCertificate`.", { cause: error })
    : new ProbeFault("tls-failed", why, "Look at the gateway's TLS settings.", { mayPass: true, cause: error });
}

/** The words in `error:0A000412:SSL routines:ssl3_read_bytes:sslv3 alert bad certificate:…`. */
function alertText({ message }: Error): string {
  return /alert ([a-z ]+)/.exec(message)?.[1] ?? message;
}

/** What the server has shown of itself, for a message: names, issuer, end. */
function describe({ subject, subjectaltname, issuer, valid_to }: Partial<PeerCertificate>): string {
  if (!subject) return "";
  const names = subjectaltname?.replaceAll(/DNS:|IP Address:/g, "") ?? subject.CN;
  return ` (for ${names}, signed by ${issuer?.CN ?? "nobody known"}, valid until ${valid_to})`;
}
