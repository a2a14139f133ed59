// The API's addresses: one stage of the same deployment for each group of callers, with limits of its own.
import {
  type MethodDeploymentOptions,
  MethodLoggingLevel,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway'
import { type RouteName, routes } from '../core/contract.ts'
import type { Throttle } from './environment-api.ts'

// One request to these is many calls to AWS, seconds of computing, or a report out of the database.
const costly: Partial<Record<RouteName, Throttle>> = {
  getPreflight: { rate: 1, burst: 5 },
  validateConfiguration: { rate: 5, burst: 10 },
  getUsage: { rate: 5, burst: 10 },
}

const limits = ({ rate, burst }: Throttle) => ({ throttlingRateLimit: rate, throttlingBurstLimit: burst })

/** What a stage lets through: so much of all routes together, and never more of a costly one than that. */
export const stageOptions = (throttle: Throttle): StageOptions => {
  // Execution logs would hold bodies, in a group that nobody lets expire.
  const quiet = { loggingLevel: MethodLoggingLevel.OFF, dataTraceEnabled: false }
  const methodOptions = Object.entries(costly).map(([name, own]): [string, MethodDeploymentOptions] => {
    const { path, method } = routes[name as RouteName]
    const least = { rate: Math.min(own.rate, throttle.rate), burst: Math.min(own.burst, throttle.burst) }
    return [`${path}/${method}`, { ...quiet, ...limits(least) }]
  })
  return { ...quiet, ...limits(throttle), methodOptions: Object.fromEntries(methodOptions) }
}
