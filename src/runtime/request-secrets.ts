import { secrets } from "./redact.ts";

/**
 * Remembers as secrets what a request carries to prove who we are: its `Authorization` header (a token, or the password
 * of a basic login) and a refresh token in a form.
 */
export function keepRequestSecrets(headers: Readonly<Record<string, unknown>>, form = ""): void {
  for (const [name, value] of Object.entries(headers)) {
    if (/^(?:proxy-)?authorization$/i.test(name) && typeof value === "string") keepAuthorization(value);
  }
  const refreshToken = form.includes("refresh_token=") ? new URLSearchParams(form).get("refresh_token") : null;
  if (refreshToken !== null) secrets.add(refreshToken);
}

/** Remembers the password in a URL (`scheme://user:PASSWORD@host`), such as a proxy's. */
export function keepUrlSecret(url: string | null | undefined): void {
  if (url === null || url === undefined || !URL.canParse(url)) return;
  const { password } = new URL(url);
  secrets.add(password);
  secrets.add(decoded(password));
}

function keepAuthorization(value: string): void {
  const [scheme = "", ...rest] = value.split(" ");
  const credential = rest.join(" ");
  secrets.add(credential);
  if (!/^basic$/i.test(scheme)) return;
  const login = Buffer.from(credential, "base64").toString("utf8");
  secrets.add(login.slice(login.indexOf(":") + 1));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
