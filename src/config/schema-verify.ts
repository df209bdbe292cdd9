import * as z from "zod";
import { dnsLabel } from "./schema-parts.ts";
import { DURATION } from "../model/durations.ts";

const SECRET = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const TITLE = /^[\x21-\x5b\x5d-\x7e]([\x20-\x5b\x5d-\x7e]{0,14}[\x21-\x5b\x5d-\x7e])?$/;

const secret = z
  .string()
  .regex(SECRET, "a Secret is named NAME (in the release's namespace) or NAMESPACE/NAME")
  .describe("A Secret: NAME (in the release's namespace) or NAMESPACE/NAME. What it holds is never shown.");

const key = z.string().regex(/^[-._a-zA-Z0-9]+$/, "a key of a Secret is made of letters, digits, - _ and .");

const host = z
  .string()
  .regex(/^[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?$/, "a host is a name such as web.example.org")
  .describe("Host name: sent as SNI, and the certificate must be for it.");

const title = z.string().regex(TITLE, "an AE title has 1 to 16 characters, without \\ and without spaces around it");

const login = z
  .strictObject({
    secret,
    username: z.string().min(1, "a user needs a name").optional().describe("Who logs in; or usernameKey."),
    usernameKey: key.optional().describe("Key of the Secret that holds the name; username by default."),
    passwordKey: key.optional().describe("Key of the Secret that holds the password; password by default."),
  })
  .describe("HTTP basic authentication, from a Secret in the cluster.");

const status = z
  .int()
  .min(100, "a status is a number from 100 to 599")
  .max(599, "a status is a number from 100 to 599");

const https = z
  .strictObject({
    host,
    path: z
      .string()
      .regex(/^\/\S*$/, "a path begins with /")
      .optional()
      .describe("What is asked for; / by default."),
    status: z
      .union([status, z.array(status).min(1, "name at least one status")])
      .optional()
      .describe("The status that is right, or several; any from 200 to 399 by default."),
    login: login.optional(),
  })
  .describe("A page that must be served.");

const dicom = z
  .strictObject({
    host: host.optional(),
    calledTitle: title.optional().describe("AE title of the server; ORTHANC by default."),
    callingTitle: title.optional().describe("Our own AE title; FLOTILLA by default."),
    sni: z
      .enum(["optional", "required"])
      .optional()
      .describe("optional (the default): C-ECHO must work without SNI too, as most DICOM devices send none."),
    roundTrip: z
      .boolean()
      .optional()
      .describe("True: one small image, always the same, is stored (C-STORE) and looked up (C-FIND). It stays there."),
  })
  .describe("A DICOM server that must answer C-ECHO.");

const tcp = z.strictObject({ host: host.optional() }).nullable().describe("A port that must take connections.");

const ca = z
  .union([
    z.strictObject({
      secret,
      key: key.optional().describe("Its key; ca.crt by default, else tls.crt."),
    }),
    z.strictObject({
      file: z.string().min(1, "a file needs a name").describe("A PEM file, relative to this file."),
    }),
  ])
  .describe("Who must have signed the server's certificate; the usual authorities by default.");

/** A smoke test of a release, for `flotilla verify`. */
export const smokeTestSchema = z
  .strictObject({
    name: dnsLabel("a smoke test").optional().describe("What it is called; https, dicom or tcp by default."),
    https: https.optional(),
    dicom: dicom.optional(),
    tcp: tcp.optional(),
    gateway: dnsLabel("a release")
      .optional()
      .describe("The gateway of this stack that leads there; by default its only ingress gateway."),
    service: z
      .string()
      .regex(SECRET, "a Service is named NAME (in the release's namespace) or NAMESPACE/NAME")
      .optional()
      .describe("Instead of a gateway: a Service, NAME (in the release's namespace) or NAMESPACE/NAME."),
    port: z
      .int()
      .min(1, "a port is a number from 1 to 65535")
      .max(65535, "a port is a number from 1 to 65535")
      .optional()
      .describe("Its port; 443 for https and 11112 for dicom by default."),
    tls: z.boolean().optional().describe("False: plain text. True by default for https and dicom, false for tcp."),
    dns: z.boolean().optional().describe("True: the host name must resolve to the gateway's address."),
    ca: ca.optional(),
    clientCertificate: secret
      .optional()
      .describe("A Secret (tls.crt, tls.key) with a certificate to show to the server."),
    timeout: z
      .string()
      .regex(DURATION, "a duration is a number with a unit: 90s, 10m, 1h30m")
      .optional()
      .describe(
        "How long a failure may last before it counts, as gateways learn of routes a moment late; 10s by default.",
      ),
  })
  .meta({ oneOf: [{ required: ["https"] }, { required: ["dicom"] }, { required: ["tcp"] }] });

/** A smoke test as the stack file has it. */
export type SmokeTestEntry = z.infer<typeof smokeTestSchema>;
