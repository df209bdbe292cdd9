import type { Duplex } from "node:stream";
import type { SmokeTest } from "../model/verify.ts";
import { pause } from "../runtime/abort.ts";
import { Association } from "./dimse/association.ts";
import { UID } from "./dimse/uids.ts";
import { getPage } from "./https-page.ts";
import { probeEcho } from "./probe-dicom.ts";
import { ProbeFault } from "./probe-fault.ts";
import { probeHttps } from "./probe-https.ts";
import { openConnection, openPlain, type Session } from "./session.ts";
import { strangeCertificate } from "./strange-certificate.ts";

/** Who speaks without TLS gets nowhere. @throws ProbeFault `plain-text-accepted` */
export async function probePlainText(test: SmokeTest, session: Session, signal: AbortSignal): Promise<string> {
  if (await answersPlainText(test, session, signal)) {
    throw new ProbeFault(
      "plain-text-accepted",
      `${session.target} answers without TLS as well: everybody on the way can read along.`,
      "Look at the protocol of this port in the Istio Gateway (HTTPS or TLS), and at what else listens there.",
    );
  }
  return "plain text is refused";
}

/**
 * The certificate is not taken by somebody who trusts nobody: that what was verified before was verified at all.
 * @throws ProbeFault `unknown-authority-accepted`
 */
export async function probeUnknownAuthority(session: Session, signal: AbortSignal): Promise<string> {
  try {
    const connection = await openConnection({ ...session, ca: "" }, { sni: true }, signal);
    connection.destroy();
  } catch (error) {
    if (error instanceof ProbeFault && error.code === "certificate-untrusted") return "an unknown authority is refused";
    throw error;
  }
  const why = `The certificate of ${session.target} is taken although nobody is trusted: certificates are not verified here.`;
  throw new ProbeFault("unknown-authority-accepted", why, "Look whether NODE_TLS_REJECT_UNAUTHORIZED is set.");
}

/** Who shows no certificate gets nowhere. @throws ProbeFault `anonymous-client-accepted` */
export async function probeAnonymous(test: SmokeTest, session: Session, signal: AbortSignal): Promise<string> {
  if (await letsIn(test, session, null, signal)) {
    throw new ProbeFault(
      "anonymous-client-accepted",
      `${session.target} lets clients in that show no certificate.`,
      "Set the mode of this port in the Istio Gateway to MUTUAL (`dicom.clientCertificates.required` in charts/dicom).",
    );
  }
  return "clients without a certificate are refused";
}

/** Who shows a certificate that no authority of the server's has signed gets nowhere. @throws ProbeFault `strange-client-accepted` */
export async function probeStranger(test: SmokeTest, session: Session, signal: AbortSignal): Promise<string> {
  if (await letsIn(test, session, strangeCertificate(), signal)) {
    throw new ProbeFault(
      "strange-client-accepted",
      `${session.target} lets clients in whose certificate nobody has signed that it should trust.`,
      "Look at the `ca.crt` (or the Secret with `-cacert` after its name) that the Istio Gateway's `credentialName` leads to, and at what else listens there.",
    );
  }
  return "clients with a certificate of an unknown authority are refused";
}

/** How a server shows that it lets nobody in; anything else, an HTTP status say, came from behind the door. */
const REFUSALS: readonly string[] = ["client-certificate-refused", "tls-failed", "connection-cut"];

/** With TLS 1.3 a server speaks up only after the handshake: it has to be asked something. */
async function letsIn(
  test: SmokeTest,
  session: Session,
  client: Session["client"],
  signal: AbortSignal,
): Promise<boolean> {
  const other = { ...session, client };
  try {
    if (test.kind === "dicom") await probeEcho(test, other, signal);
    else if (test.kind === "https") await probeHttps({ ...test, statuses: null }, other, signal);
    else return await staysOpen(await openConnection(other, { sni: true }, signal), signal);
    return true;
  } catch (error) {
    if (!(error instanceof ProbeFault)) throw error;
    if (test.kind !== "dicom" || error.code !== "backend-unavailable") return !REFUSALS.includes(error.code);
    // Dropped without a word, by the door or by what is behind it: by the door when our own certificate opens it now.
    await probeEcho(test, session, signal);
    return false;
  }
}

/** Milliseconds in which a server that wants a certificate has closed the connection. */
const CLOSES_MS = 2_000;

async function staysOpen(connection: Duplex, signal: AbortSignal): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => {
    for (const event of ["close", "error", "end"]) connection.once(event, () => resolve(false));
    connection.resume();
  });
  const over = new AbortController();
  try {
    return await Promise.race([closed, pause(CLOSES_MS, AbortSignal.any([signal, over.signal])).then(() => true)]);
  } finally {
    over.abort();
    connection.destroy();
  }
}

async function answersPlainText(test: SmokeTest, session: Session, signal: AbortSignal): Promise<boolean> {
  const connection = await openPlain(session.dial, session.target, signal);
  try {
    if (test.kind !== "dicom") {
      const page = { host: test.host ?? "localhost", path: "/", auth: null };
      // A server that says "this port speaks TLS" (400) refuses.
      return (await getPage(connection, page, session.target, signal)).status < 400;
    }
    const settings = { ...test, sopClasses: [UID.verification] };
    (await Association.open(connection, settings, session.target)).abort();
    return true;
  } catch (error) {
    if (error instanceof ProbeFault) return false;
    throw error;
  } finally {
    connection.destroy();
  }
}
