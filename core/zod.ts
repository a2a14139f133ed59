// zod in its small dialect: the same schemas, made by functions in place of methods, of which a bundle holds only what is called.
// The other dialect takes a tenth of a cold start: docs/decisions/2026-11-26-small-starts.md.

import { en } from 'zod/locales'
import { config } from 'zod/mini'

// Without code made at run time: it would be written and compiled for each schema at its first use, which a cold start pays for
// and no function of ours uses often enough to earn back.
config({ ...en(), jitless: true })

export * from 'zod/mini'
