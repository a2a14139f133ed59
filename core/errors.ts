// Every way a request can fail: one table from which HTTP statuses, CLI exit codes and OpenAPI answers come.

export const errorCodes = {
  InvalidRequest: {
    status: 400,
    exit: 2,
    meaning: 'A field, a parameter or the body is not as the contract says.',
  },
  UnknownTier: { status: 400, exit: 2, meaning: 'The tier is not one of those that this site offers.' },
  ConfigurationRefused: {
    status: 400,
    exit: 2,
    meaning: 'ParallelCluster would refuse the configuration; `details` has every finding.',
  },
  NothingFits: {
    status: 422,
    exit: 2,
    meaning: 'No shape that this site, or the tier, has is as large as the resources that were asked for.',
  },
  Forbidden: {
    status: 403,
    exit: 3,
    meaning: 'The request is not signed, or its signer may not call this API.',
  },
  ClusterNotFound: { status: 404, exit: 4, meaning: 'There is no such cluster.' },
  NoAccounting: { status: 404, exit: 4, meaning: 'This site has no accounting database.' },
  RouteNotFound: { status: 404, exit: 4, meaning: 'There is no such path.' },
  MethodNotAllowed: { status: 405, exit: 2, meaning: 'The path exists, but not with this method.' },
  ClusterDiffers: {
    status: 409,
    exit: 5,
    meaning: 'The cluster exists with another shape than the one asked for.',
  },
  ClusterDeleting: {
    status: 409,
    exit: 5,
    meaning: 'The cluster is being deleted; ask again once it is gone.',
  },
  ClusterBusy: {
    status: 409,
    exit: 5,
    meaning: 'The cluster is being created or updated; ask again once it is ready.',
  },
  ClusterFailed: {
    status: 409,
    exit: 5,
    meaning: 'The cluster failed, so there is nothing to update; create it anew.',
  },
  UpdateRefused: {
    status: 409,
    exit: 5,
    meaning:
      'The cluster cannot be updated in this way while it runs: ParallelCluster would refuse, or its zone lacks a type.',
  },
  ReportOnly: {
    status: 409,
    exit: 5,
    meaning:
      'This environment only reports what deployments left behind; its settings let nothing delete it.',
  },
  KeysFixed: {
    status: 409,
    exit: 5,
    meaning: 'The cluster is of a version whose nodes do not look for new keys; create it anew.',
  },
  Conflict: {
    status: 409,
    exit: 5,
    meaning: 'Another request changed the cluster at the same moment; ask again.',
  },
  RequestTooLarge: { status: 413, exit: 2, meaning: 'The body is larger than 64 KiB.' },
  TooManyClusters: {
    status: 429,
    exit: 6,
    meaning: 'The virtual lab has as many clusters as it may; delete one, or ask for a higher limit.',
  },
  TooManyRequests: { status: 429, exit: 6, meaning: 'Too many requests; ask again later.' },
  Internal: {
    status: 500,
    exit: 1,
    meaning: 'The service failed; its log has the detail under the request id.',
  },
  NoSlotLeft: { status: 503, exit: 6, meaning: 'Every subnet of the cluster address range is in use.' },
  Unavailable: { status: 503, exit: 6, meaning: 'A service that this one needs did not answer; ask again.' },
} as const satisfies Record<string, { status: number; exit: number; meaning: string }>

export type ErrorCode = keyof typeof errorCodes

/** Every route can also fail in these ways. */
export const commonErrors: readonly ErrorCode[] = [
  'InvalidRequest',
  'Forbidden',
  'TooManyRequests',
  'Internal',
  'Unavailable',
]

/** What a field got wrong: `path` as in `virtualLab` or `body.tier`, `message` the rule it broke. */
export type ErrorDetail = { path: string; message: string }

/**
 * A refusal with a code. `message` is safe to show and says what to do next; `cause` is only logged.
 * `retryAfterSeconds` becomes the Retry-After header.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetail[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: ErrorDetail[]; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.details = options.details
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

export const isAppError = (error: unknown, ...codes: ErrorCode[]): error is AppError =>
  error instanceof AppError && (codes.length === 0 || codes.includes(error.code))

/** What failed, without the words for it: AWS's own name accounts and roles, and so are for the log only. */
export const kindOf = (error: unknown): string =>
  isAppError(error) ? error.code : error instanceof Error ? error.name : 'unknown'
