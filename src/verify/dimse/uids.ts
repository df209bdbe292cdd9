/** Unique identifiers of DICOM (PS3.6, annex A), and our own. */
export const UID = {
  applicationContext: "1.2.840.10008.3.1.1.1",
  implicitLittleEndian: "1.2.840.10008.1.2",
  verification: "1.2.840.10008.1.1",
  secondaryCapture: "1.2.840.10008.5.1.4.1.1.7",
  studyRootFind: "1.2.840.10008.5.1.4.1.2.2.1",
} as const;

/** Made from UUIDs (PS3.5, B.2). Always the same ones: a smoke test that runs every hour stores one object, not many. */
export const OWN = {
  implementation: "2.25.231928337428764512879410216542879",
  study: "2.25.294173086461953018524720165839412001",
  series: "2.25.294173086461953018524720165839412002",
  instance: "2.25.294173086461953018524720165839412003",
} as const;
