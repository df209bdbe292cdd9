import { ProbeFault } from "../probe-fault.ts";
import type { Association } from "./association.ts";
import { type Element, numberElement, textElement } from "./elements.ts";
import { COMMAND, type DicomAnswer } from "./messages.ts";
import { OWN, UID } from "./uids.ts";

/** What a store and a find need of an association. */
export const ROUND_TRIP_CLASSES: readonly string[] = [UID.secondaryCapture, UID.studyRootFind];

/** What the object is called, so that whoever finds it knows where it came from. */
const PATIENT = "FLOTILLA^VERIFY";

/** C-ECHO (PS3.7, 9.1.5). @throws ProbeFault `dicom-status` */
export async function echo(association: Association, target: string): Promise<void> {
  const answers = await association.request({ command: COMMAND.echo, sopClass: UID.verification });
  refuseFailure("C-ECHO", answers, target);
}

/**
 * C-STORE of one small image, always the same, then C-FIND for it (PS3.4, B and C).
 * @throws ProbeFault `dicom-status`, `dicom-not-found`
 */
export async function storeAndFind(association: Association, target: string): Promise<void> {
  const stored = await association.request({
    command: COMMAND.store,
    sopClass: UID.secondaryCapture,
    sopInstance: OWN.instance,
    dataSet: image(),
  });
  refuseFailure("C-STORE", stored, target);
  const found = await association.request({
    command: COMMAND.find,
    sopClass: UID.studyRootFind,
    dataSet: [
      textElement(0x0008, 0x0052, "STUDY"),
      textElement(0x0010, 0x0020, ""),
      textElement(0x0020, 0x000d, OWN.study),
    ],
  });
  refuseFailure("C-FIND", found, target);
  if (found.length > 1) return;
  throw new ProbeFault(
    "dicom-not-found",
    `The DICOM server at ${target} has stored an object (C-STORE), but does not find it (C-FIND).`,
    "Look at the server's log, and at its database.",
    { mayPass: true },
  );
}

function refuseFailure(what: string, answers: readonly DicomAnswer[], target: string): void {
  const { status, comment } = answers.at(-1) ?? { status: -1, comment: null };
  // Warnings (Bxxx, PS3.7 annex C) are successes that say more.
  if (status === 0 || status >> 12 === 0xb) return;
  const said = comment === null ? "" : ` (${comment})`;
  const why = `The DICOM server at ${target} answers ${what} with status ${status.toString(16).toUpperCase().padStart(4, "0")}${said}.`;
  throw new ProbeFault("dicom-status", why, "Look at the server's log: it may lack its database or its storage.", {
    mayPass: true,
  });
}

/** A Secondary Capture image of one black pixel (PS3.3, A.8.1). */
function image(): readonly Element[] {
  return [
    textElement(0x0008, 0x0016, UID.secondaryCapture),
    textElement(0x0008, 0x0018, OWN.instance),
    textElement(0x0008, 0x0020, ""),
    textElement(0x0008, 0x0030, ""),
    textElement(0x0008, 0x0050, ""),
    textElement(0x0008, 0x0060, "OT"),
    textElement(0x0008, 0x0064, "WSD"),
    textElement(0x0008, 0x0090, ""),
    textElement(0x0010, 0x0010, PATIENT),
    textElement(0x0010, 0x0020, "FLOTILLA-VERIFY"),
    textElement(0x0010, 0x0030, ""),
    textElement(0x0010, 0x0040, ""),
    textElement(0x0020, 0x000d, OWN.study),
    textElement(0x0020, 0x000e, OWN.series),
    textElement(0x0020, 0x0010, ""),
    textElement(0x0020, 0x0011, "1"),
    textElement(0x0020, 0x0013, "1"),
    numberElement(0x0028, 0x0002, 1),
    textElement(0x0028, 0x0004, "MONOCHROME2"),
    numberElement(0x0028, 0x0010, 1),
    numberElement(0x0028, 0x0011, 1),
    numberElement(0x0028, 0x0100, 16),
    numberElement(0x0028, 0x0101, 16),
    numberElement(0x0028, 0x0102, 15),
    numberElement(0x0028, 0x0103, 0),
    numberElement(0x7fe0, 0x0010, 0),
  ];
}
