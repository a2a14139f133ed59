// The job log of a deployment, of which we read nothing but whether there are jobs.
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import type { Cloud } from '../core/cloud.ts'
import { activityOf, activityStream } from '../core/lifetime/activity.ts'
import { jobLogGroupName } from '../core/names.ts'
import { isNamed, sending } from './errors.ts'

export function jobLog(config: CloudWatchLogsClientConfig): Pick<Cloud, 'getActivity'> {
  const client = new CloudWatchLogsClient(config)
  return {
    async getActivity(of) {
      const newest = { limit: 1, startFromHead: false }
      const stream = { logGroupName: jobLogGroupName(of), logStreamName: activityStream }
      const { events = [] } = await sending(
        client.send(new GetLogEventsCommand({ ...stream, ...newest })),
      ).catch((error) => {
        if (isNamed(error, 'ResourceNotFoundException')) return { events: [] }
        throw error
      })
      return activityOf(events.at(-1)?.message ?? '')
    },
  }
}
