// What the functions of the accounting database work with.
import * as z from '../../core/zod.ts'
import { fromEnvironment, json } from './env.ts'

/** The login that reports are read with. */
export const readerName = 'hpc_reports'

const DatabaseEnv = z.pipe(
  z.object({
    DATABASE: json(z.object({ host: z.string(), port: z.int(), tls: z.boolean() })),
    /** JSON with `username` and `password`; only who changes something has it. */
    ADMIN_SECRET: z._default(z.string(), ''),
    /** A password as it is. */
    READER_SECRET: z.string(),
  }),
  z.transform(({ DATABASE, ADMIN_SECRET, READER_SECRET }) => ({
    place: DATABASE,
    adminSecret: ADMIN_SECRET,
    readerSecret: READER_SECRET,
  })),
)
export type DatabaseEnv = z.infer<typeof DatabaseEnv>

/** Where the accounting database is, and the secrets by which a function may log in to it. */
export const databaseOfEnvironment = (): DatabaseEnv => fromEnvironment(DatabaseEnv)
