// The two functions in the VPC that reach the accounting database; everything else asks them.
import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'
import { Accounting } from '../core/accounting/accounting.ts'
import { UsageReport } from '../core/accounting/report.ts'
import { AccountingAnswer, type AccountingRequest } from '../core/accounting/request.ts'
import type { Cloud } from '../core/cloud.ts'
import type { Site } from '../core/site.ts'
import * as z from '../core/zod.ts'
import { sending, unavailable } from './errors.ts'

type Calls = Pick<Cloud, 'prepareAccounting' | 'removeAccounting' | 'readUsage'>

const UsagePage = z.object({ items: UsageReport.shape.usage, cursor: z.optional(z.string()) })

export function accounting(
  config: LambdaClientConfig,
  { functionName, usageFunctionName }: NonNullable<Site['accounting']>,
): Calls {
  const client = new LambdaClient(config)

  /** Throws `Unavailable` where the database is out of reach, and an Error where the function itself failed. */
  async function ask<T extends z.ZodMiniType>(
    FunctionName: string,
    request: object,
    answer: T,
  ): Promise<{ done: z.infer<T> } | { refused: string }> {
    const { Payload, FunctionError } = await sending(
      client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) })),
    )
    const text = Payload?.transformToString() ?? ''
    // A function that ran out of time, may do better the next time.
    if (FunctionError && /timed out/i.test(text)) throw unavailable(new Error(text))
    if (FunctionError) throw new Error(`The function ${FunctionName} failed: ${text}`)
    const said = AccountingAnswer.parse(JSON.parse(text))
    if ('unavailable' in said) throw unavailable(new Error(said.unavailable))
    return 'refused' in said ? said : { done: answer.parse(said.done) }
  }
  const change = <T extends z.ZodMiniType>(request: AccountingRequest, answer: T) =>
    ask(functionName, request, answer)

  return {
    async prepareAccounting({ name, virtualLab, project, deploymentId }) {
      const said = await change({ do: 'prepare', name, virtualLab, project, deploymentId }, Accounting)
      return 'refused' in said ? said : said.done
    },

    async removeAccounting({ name, deploymentId }) {
      const said = await change({ do: 'remove', name, deploymentId }, z.object({}))
      if ('refused' in said) throw new Error(said.refused)
    },

    async readUsage(query) {
      const said = await ask(usageFunctionName, query, UsagePage)
      if ('refused' in said) throw new Error(said.refused)
      return said.done
    },
  }
}
