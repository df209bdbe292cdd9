import { asList, asObject, asText, type JsonObject } from "../model/json.ts";
import { secrets } from "../runtime/redact.ts";
import { type ErrorCode, type ErrorDetails, FlotillaError } from "../model/errors.ts";

/** The API server answered a request with an error. */
export class KubeApiError extends FlotillaError {
  /** HTTP status of the answer, or the code of the Status object in a watch's ERROR event. */
  readonly status: number;
  /** The Status object's reason, such as `Conflict` or `AlreadyExists`; empty when it gave none. */
  readonly reason: string;
  /** Milliseconds after which the server wants to be asked again; null when it does not say. */
  readonly retryAfterMs: number | null;
  /** What the Status object lists in detail; empty when it lists nothing. */
  readonly causes: readonly ApiErrorCause[];

  constructor(code: ErrorCode, message: string, status: number, reason: string, details: ApiErrorDetails = {}) {
    super(code, message, details);
    this.name = "KubeApiError";
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.causes = details.causes ?? [];
  }
}

/** One of the details of a Status object (Kubernetes, StatusCause). */
export interface ApiErrorCause {
  /** Such as `FieldManagerConflict`. */
  readonly reason: string;
  readonly message: string;
  /** Path of the field that it is about; empty when it is about none. */
  readonly field: string;
}

/** What an answer of the API server can carry beside its message. */
interface ApiErrorDetails extends ErrorDetails {
  readonly retryAfterMs?: number | null;
  readonly causes?: readonly ApiErrorCause[];
}

/** What a request was about, for messages: `list deployments.apps in namespace shop`. */
export interface RequestPurpose {
  /** `get`, `list`, `watch`, `create`, `update`, `patch` or `delete`. */
  readonly verb: string;
  /** What it is done to, in words. */
  readonly target: string;
}

/**
 * The typed error for an answer with a status of 400 or more.
 * @param body the answer's text; a `Status` object by the API conventions, or anything that stands between us and it
 * @param retryAfterMs what the answer's `Retry-After` says
 */
export function apiError(
  status: number,
  body: string,
  purpose: RequestPurpose,
  server: string,
  retryAfterMs: number | null = null,
): KubeApiError {
  const answer = parseStatus(body);
  const reason = text(answer?.["reason"]);
  const message = text(answer?.["message"]) || secrets.text(body).trim().slice(0, 300) || `HTTP status ${status}`;
  if (status === 401) {
    return new KubeApiError(
      "cluster-unauthorized",
      `${server} does not accept our credentials: ${message}.`,
      401,
      reason,
      {
        hint: "Log in to the cluster again; `kubectl auth whoami` shows who it takes you for.",
      },
    );
  }
  if (status === 403 && isAuthorizationRefusal(message)) {
    return new KubeApiError("forbidden", `Not allowed to ${purpose.verb} ${purpose.target}: ${message}.`, 403, reason, {
      hint: "Ask whoever runs the cluster for a role that allows it.",
    });
  }
  return new KubeApiError(
    "api-failed",
    `The cluster refused to ${purpose.verb} ${purpose.target}: ${message} (${reason || status}).`,
    status,
    reason,
    { retryAfterMs, causes: causesOf(answer) },
  );
}

/** The typed error for a `Status` object that came as an ERROR event in a watch. */
export function watchError(status: JsonObject, purpose: RequestPurpose, server: string): KubeApiError {
  const code = typeof status["code"] === "number" ? status["code"] : 500;
  return apiError(code, JSON.stringify(status), purpose, server);
}

/** True when the object was changed, or made, by somebody else in the meantime (HTTP 409). */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 409;
}

/** True when a create failed because the object is there already. */
export function isAlreadyExists(error: unknown): boolean {
  return error instanceof KubeApiError && error.reason === "AlreadyExists";
}

/** True when a resourceVersion or a continue token is too old (HTTP 410): list again. */
export function isGone(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 410;
}

/** True when the object, or its kind, is not there (HTTP 404). */
export function isMissing(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404;
}

/** Quotas, admission and terminating namespaces answer 403 as well; an authorizer says `User "x" cannot VERB …`. */
function isAuthorizationRefusal(message: string): boolean {
  if (message.startsWith("admission webhook ")) return false;
  return /\bcannot \w+ (resource|path)\b/.test(message) || !message.includes("forbidden:");
}

function causesOf(answer: JsonObject | null): readonly ApiErrorCause[] {
  return asList(asObject(answer?.["details"])["causes"])
    .map(asObject)
    .map(({ reason, message, field }) => ({
      reason: asText(reason) ?? "",
      message: asText(message) ?? "",
      field: asText(field) ?? "",
    }));
}

function parseStatus(body: string): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(body);
    // What JSON.parse gives is JSON; only its being an object is in doubt.
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as JsonObject) : null;
  } catch {
    return null;
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value.replace(/\.$/, "") : "";
}
