/** An error as Stripe answers it. */
export interface ApiErrorBody {
  type: string;
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  payment_intent?: object;
}

export class ApiError extends Error {
  readonly status: number;
  readonly body: ApiErrorBody;
  /** Was the call begun? What was begun is saved under its key; what is wrong in itself is not. */
  readonly isSaved: boolean;

  constructor(status: number, body: ApiErrorBody, isSaved: boolean) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.isSaved = isSaved;
  }
}

/** The request itself is wrong. */
export function invalidParameter(param: string, message: string, code?: string): ApiError {
  const body = { type: 'invalid_request_error', message, param, ...(code ? { code } : {}) };
  return new ApiError(400, body, false);
}

export function missing(what: string, id: string): ApiError {
  const message = `No such ${what}: '${id}'`;
  const body = { type: 'invalid_request_error', code: 'resource_missing', message };
  return new ApiError(404, body, false);
}

/** The request is right and comes at the wrong time. Not every refusal has a code. */
export function refused(code: string | undefined, message: string, more: object = {}): ApiError {
  const coded = code === undefined ? {} : { code };
  return new ApiError(400, { type: 'invalid_request_error', ...coded, message, ...more }, true);
}
