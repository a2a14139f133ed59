// What API Gateway answers by itself, in the API's one shape and its codes.
import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway'
import { type ErrorCode, errorCodes } from '../core/errors.ts'

type Answer = {
  code: ErrorCode
  /** In place of API Gateway's own words. */
  message?: string
  retryAfterSeconds?: number
  /** Where API Gateway's own status is none of the contract's. */
  status?: true
}

const busy = 'A service behind the API did not answer in time. Ask again.'
const forbidden: Answer = { code: 'Forbidden' }
// API Gateway developer guide, "Gateway response types".
const answers: Record<string, Answer> = {
  THROTTLED: {
    code: 'TooManyRequests',
    message: 'Too many requests in too short a time. Ask again later, and more slowly.',
    retryAfterSeconds: 1,
  },
  REQUEST_TOO_LARGE: { code: 'RequestTooLarge', message: errorCodes.RequestTooLarge.meaning },
  ACCESS_DENIED: forbidden,
  UNAUTHORIZED: { ...forbidden, status: true },
  INVALID_SIGNATURE: forbidden,
  EXPIRED_TOKEN: forbidden,
  MISSING_AUTHENTICATION_TOKEN: forbidden,
  INTEGRATION_FAILURE: { code: 'Unavailable', message: busy, retryAfterSeconds: 5, status: true },
  INTEGRATION_TIMEOUT: { code: 'Unavailable', message: busy, retryAfterSeconds: 5, status: true },
  DEFAULT_4XX: { code: 'InvalidRequest' },
  DEFAULT_5XX: { code: 'Internal', message: 'The service failed. Ask its operators about this request.' },
}

export function answerInOneShape(restApi: RestApi): void {
  for (const [type, { code, message, retryAfterSeconds, status }] of Object.entries(answers)) {
    // `messageString` is a JSON text already, with its quotes.
    const words = message ? JSON.stringify(message) : '$context.error.messageString'
    restApi.addGatewayResponse(type, {
      type: ResponseType.of(type),
      ...(status ? { statusCode: String(errorCodes[code].status) } : {}),
      ...(retryAfterSeconds ? { responseHeaders: { 'Retry-After': `'${retryAfterSeconds}'` } } : {}),
      templates: {
        'application/json': `{"code":"${code}","message":${words},"requestId":"$context.requestId"}`,
      },
    })
  }
}
