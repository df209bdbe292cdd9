import { expect, test } from "vitest";
import { secrets } from "../../src/runtime/redact.ts";
import { keepRequestSecrets, keepUrlSecret } from "../../src/runtime/request-secrets.ts";

test("tokens, passwords of basic logins and refresh tokens that requests carry are secrets", () => {
  const basic = Buffer.from("me:basic:password").toString("base64");
  keepRequestSecrets({ Authorization: `Basic ${basic}`, accept: "application/json" });
  keepRequestSecrets({ authorization: "Bearer bearer-token" }, "a=b&refresh_token=refresh%2Ftoken");
  expect(secrets.text(`basic:password ${basic} bearer-token refresh/token application/json me`)).toBe(
    "*** *** *** *** application/json me",
  );
});

test("passwords in URLs are secrets, as they are written and as they are meant", () => {
  keepUrlSecret("http://me:proxy%21word@proxy.example:3128");
  keepUrlSecret("no url");
  keepUrlSecret(undefined);
  expect(secrets.text("proxy%21word proxy!word proxy.example")).toBe("*** *** proxy.example");
});
