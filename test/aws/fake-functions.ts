// The functions in the VPC as Lambda answers for them: the requests that they take, over a database in memory.
import type { InvokeCommandInput, InvokeCommandOutput } from '@aws-sdk/client-lambda'
import { AccountingRequest, UsageRequest } from '../../core/accounting/request.ts'
import type { accounting } from '../world/accounting.ts'

type Calls = ReturnType<typeof accounting>['calls']

export const payload = (answer: unknown): { Payload: NonNullable<InvokeCommandOutput['Payload']> } => ({
  Payload: Object.assign(new TextEncoder().encode(JSON.stringify(answer)), {
    transformToString: () => JSON.stringify(answer),
  }) as NonNullable<InvokeCommandOutput['Payload']>,
})

export const aFunction =
  (calls: Calls) =>
  async ({ FunctionName, Payload }: InvokeCommandInput) => {
    const request = JSON.parse(String(Payload))
    if (FunctionName === 'usage') return payload({ done: await calls.readUsage(UsageRequest.parse(request)) })
    const asked = AccountingRequest.parse(request)
    if (asked.do === 'remove') {
      await calls.removeAccounting(asked)
      return payload({ done: {} })
    }
    const access = await calls.prepareAccounting(asked)
    return payload('refused' in access ? access : { done: access })
  }
