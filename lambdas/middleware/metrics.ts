// Metrics by way of the log: CloudWatch reads them off these lines (embedded metric format), so that no call is made.
import { Metrics } from '@aws-lambda-powertools/metrics'
import { type Measure, metricNamespace, metricService } from '../../core/notices/measures.ts'

const metrics = new Metrics({ namespace: metricNamespace, serviceName: metricService })

/** One line for each, since measures of one name may come more than once and by different reasons. */
export function write(environment: string, measures: Measure[]): void {
  for (const { name, unit, value, reason } of measures) {
    const single = metrics.singleMetric()
    single.addDimension('environment', environment)
    if (reason) single.addDimension('reason', reason)
    single.addMetric(name, unit, value)
  }
}
