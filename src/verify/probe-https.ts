import type { HttpsTest } from "../model/verify.ts";
import { getPage, type PageAnswer } from "./https-page.ts";
import { openConnection, type Session } from "./session.ts";
import { ProbeFault } from "./probe-fault.ts";

/** The page is there, with a status that will do. @returns what was seen @throws ProbeFault */
export async function probeHttps(test: HttpsTest, session: Session, signal: AbortSignal): Promise<string> {
  const connection = await openConnection(session, { sni: true }, signal);
  const page = { host: test.host, path: test.path, auth: session.auth };
  const answer = await getPage(connection, page, session.target, signal);
  if (fits(answer.status, test.statuses)) return `GET ${test.path}: ${answer.status}`;
  throw statusFault(test, answer, session.target);
}

function fits(status: number, statuses: readonly number[] | null): boolean {
  return statuses === null ? status >= 200 && status < 400 : statuses.includes(status);
}

function statusFault({ path, statuses, login }: HttpsTest, { status, text }: PageAnswer, target: string): ProbeFault {
  const said = text === null ? "" : ` ("${text}")`;
  const what = `${target} answers GET ${path} with status ${status}${said}`;
  if (status >= 502 && status <= 504) {
    const hint = "Look at the route of this host (a VirtualService), and whether the pods behind it run.";
    const why = `${what}: the gateway does not get through to its backend.`;
    return new ProbeFault("backend-unavailable", why, hint, { mayPass: true });
  }
  if (status === 401 || status === 403) {
    const hint =
      login === null ? "Name a `login`, or the status that is right." : "Look at what the `login` Secret holds.";
    return new ProbeFault("login-refused", `${what}: it takes no such login.`, hint);
  }
  const expected = statuses === null ? "one from 200 to 399" : statuses.join(" or ");
  const hint =
    status >= 500 ? "Look at the log of what answers." : "Look at `path` and `host`, or name the status that is right.";
  return new ProbeFault("http-status", `${what}; expected was ${expected}.`, hint, { mayPass: true });
}
