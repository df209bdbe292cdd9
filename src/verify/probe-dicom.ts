import type { DicomTest } from "../model/verify.ts";
import { Association } from "./dimse/association.ts";
import { echo, ROUND_TRIP_CLASSES, storeAndFind } from "./dimse/services.ts";
import { UID } from "./dimse/uids.ts";
import { ProbeFault } from "./probe-fault.ts";
import { openConnection, type Session } from "./session.ts";

/** The server answers C-ECHO. @returns what was seen @throws ProbeFault */
export async function probeEcho(test: DicomTest, session: Session, signal: AbortSignal): Promise<string> {
  await withAssociation(test, session, { sni: true, sopClasses: [UID.verification] }, signal, echo);
  return `${test.calledTitle} answers C-ECHO`;
}

/** Likewise to those who send no SNI. @throws ProbeFault `sni-required` when only they are turned away */
export async function probeEchoWithoutSni(test: DicomTest, session: Session, signal: AbortSignal): Promise<string> {
  try {
    await withAssociation(test, session, { sni: false, sopClasses: [UID.verification] }, signal, echo);
  } catch (error) {
    if (!(error instanceof ProbeFault) || error.code !== "tls-failed") throw error;
    throw new ProbeFault(
      "sni-required",
      `${session.target} works with the host name ${test.host ?? ""} (SNI), but cuts the connection without one, and most DICOM devices send none.`,
      'Let the Istio Gateway have hosts: ["*"] on this port; or say `sni: required` when every device sends one.',
      { mayPass: true, cause: error },
    );
  }
  return `${test.calledTitle} answers C-ECHO without SNI`;
}

/** What is stored is found. @throws ProbeFault */
export async function probeRoundTrip(test: DicomTest, session: Session, signal: AbortSignal): Promise<string> {
  await withAssociation(test, session, { sni: true, sopClasses: ROUND_TRIP_CLASSES }, signal, storeAndFind);
  return "C-STORE, then found by C-FIND";
}

async function withAssociation(
  { calledTitle, callingTitle }: DicomTest,
  session: Session,
  { sni, sopClasses }: { readonly sni: boolean; readonly sopClasses: readonly string[] },
  signal: AbortSignal,
  use: (association: Association, target: string) => Promise<void>,
): Promise<void> {
  const connection = await openConnection(session, { sni }, signal);
  const abort = (): void => void connection.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    const association = await Association.open(connection, { calledTitle, callingTitle, sopClasses }, session.target);
    await use(association, session.target);
    await association.release();
  } finally {
    signal.removeEventListener("abort", abort);
    connection.destroy();
  }
}
