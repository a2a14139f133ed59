// A token for Slurm's REST API of the clusters on this machine. On AWS they are the identity provider's to give.
import { type Command, InvalidArgumentError } from 'commander'
import { AppError } from '../../core/errors.ts'
import * as z from '../../core/zod.ts'
import { command, type GlobalOptions } from '../command.ts'
import { json } from '../output.ts'
import type { Identity } from '../settings.ts'
import type { Terminal } from '../terminal.ts'

type Options = GlobalOptions & { user: string; lifespan: number }

const Given = z.object({ access_token: z.string(), expires_in: z.number() })

export const tokenCommand = (terminal: Terminal): Command =>
  command('token', "Give a token for Slurm's REST API of the clusters on this machine.", [
    'token',
    'token --lifespan 60 --json | jq -r .token',
    'curl -H X-SLURM-USER-NAME:sim -H "X-SLURM-USER-TOKEN:$(hpc-provisioner token)" URL/slurm/v0.0.38/ping',
  ])
    .option('--user <name>', 'the Slurm user that it is of', 'sim')
    .option('--lifespan <seconds>', 'how long it is good for', seconds, 3600)
    .action(async (_: unknown, self: Command) => {
      const { json: asJson, ...options } = self.optsWithGlobals<Options>()
      const { settingsOf } = await import('../settings.ts')
      const { identity } = settingsOf(options, terminal)
      if (!identity)
        throw new AppError(
          'InvalidRequest',
          'Tokens for this API\'s clusters come from its identity provider (docs/slurm-rest.md); this command gives those of "npm start".',
        )
      const { access_token, expires_in } = await ask(identity, options)
      terminal.out(asJson ? json({ token: access_token, expiresInSeconds: expires_in }) : `${access_token}\n`)
    })

async function ask({ tokenUrl, clientId, clientSecret }: Identity, { user, lifespan }: Options) {
  const body = new URLSearchParams({
    ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
    ...{ user, lifespan: String(lifespan) },
  })
  const answer = await fetch(tokenUrl, { method: 'POST', body, signal: AbortSignal.timeout(10_000) }).catch(
    (cause) => {
      const message = `The issuer at ${new URL(tokenUrl).host} does not answer: is "npm start" running?`
      throw new AppError('Unavailable', message, { cause })
    },
  )
  if (answer.ok) return Given.parse(await answer.json())
  throw new AppError('InvalidRequest', `The issuer refused with ${answer.status}: ${await answer.text()}`)
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 86_400) return Number(text)
  throw new InvalidArgumentError('It is a number of seconds from 1 to 86400.')
}
