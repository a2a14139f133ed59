// The options by which a cluster is given its times, of `create` and of `update`. The service says what is wrong with them.
import type { Command } from 'commander'

export type LifetimeOptions = { lifetime?: string; idleTimeout?: string }

export const withLifetime = (command: Command, from: string): Command =>
  command
    .option('--lifetime <time>', `delete it after so long, ${from}, as in 8h, 1d12h or none`)
    .option('--idle-timeout <time>', 'delete it after so long without a job, as in 30m, 2h or none')

export const lifetimeOf = ({ lifetime, idleTimeout }: LifetimeOptions): LifetimeOptions => ({
  ...(lifetime === undefined ? {} : { lifetime }),
  ...(idleTimeout === undefined ? {} : { idleTimeout }),
})
