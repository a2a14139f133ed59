// A moment in UTC, as in 2026-11-22T10:00:00Z. One schema for all: each would make an expression of its own.
import * as z from './zod.ts'

export const Instant = z.iso.datetime()
