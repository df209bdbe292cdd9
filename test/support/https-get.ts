import { request } from "node:https";

/** Where a page is and how the server proves itself. */
export interface HttpsTarget {
  /** Name or address to connect to; port 443. */
  readonly host: string;
  readonly path: string;
  /** Host name to ask for, by SNI and in the request, and to check the certificate against. */
  readonly servername: string;
  /** PEM of the only authority to trust. */
  readonly ca: string;
  /** `user:password` */
  readonly auth?: string;
}

/** Fetches a page over HTTPS. */
export function httpsGet({ servername, ...target }: HttpsTarget): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const options = { ...target, servername, headers: { host: servername }, agent: false, timeout: 15_000 };
    const call = request(options, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on("timeout", () => call.destroy(new Error(`${servername} did not answer`)));
    call.on("error", reject);
    call.end();
  });
}
