// The door of the functions that reach the accounting database: what it answers, its failures too, becomes an answer.
import middy from '@middy/core'
import type { AccountingAnswer } from '../../core/accounting/request.ts'
import { isAppError } from '../../core/errors.ts'
import type { z } from '../../core/zod.ts'
import { Refused } from '../../database/errors.ts'
import { type DatabaseEnv, databaseOfEnvironment } from './database-env.ts'
import { logger } from './logger.ts'

export const databaseHandler = <T extends z.ZodMiniType>(
  schema: T,
  work: (request: z.infer<T>, database: DatabaseEnv) => Promise<object>,
) =>
  middy<unknown, AccountingAnswer, Error>().handler(async (event): Promise<AccountingAnswer> => {
    const request = schema.parse(event)
    logger.info('request', { request })
    try {
      return { done: await work(request, databaseOfEnvironment()) }
    } catch (error) {
      logger.error('request failed', { error: error as Error })
      if (error instanceof Refused) return { refused: error.message }
      if (isAppError(error, 'Unavailable')) return { unavailable: error.message }
      throw error
    }
  })
