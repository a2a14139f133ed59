// Carries a request out with its entry in the audit trail. What the request writes and the entry are one transaction, so
// there is no write without its entry; a request that writes nothing, or is refused, has an entry of its own, and so has one
// whose effects are no transaction, before the first of them.
import type { Cloud } from '../cloud.ts'
import type { Context } from '../context.ts'
import { errorCodes, isAppError } from '../errors.ts'
import { clusterName } from '../names.ts'
import type { AuditEntry, StoredEntry } from './entry.ts'
import { principalOf } from './principal.ts'

/** What is known of a request before it is understood. */
export type Asked = Pick<AuditEntry, 'caller' | 'sourceIp' | 'requestId' | 'verb' | 'dry'> & {
  /** The HTTP status of a success. */
  status: number
}
type Fields = Record<string, unknown>
type Place = Pick<Context, 'cloud' | 'site'>
/** What a verb has beside its context while its request is audited. */
export type Audited = {
  /** Writes the entry now: before the first effect of what is no transaction, so that nothing is done without it. */
  writeEntry: () => Promise<void>
}

export async function audited<C extends Place, Input extends Fields, Answer>(
  context: C,
  asked: Asked,
  parse: () => Input,
  verb: (context: C & Audited, input: Input) => Promise<Answer>,
  /** Hears of an entry that could not be written for a request that was refused anyway. */
  lost: (error: unknown) => void,
): Promise<Answer> {
  const { cloud } = context
  const entry = (input: Fields, status: number, code: string | null = null) =>
    entryOf(context, asked, { input, status, code })
  let input: Input | undefined
  let isWritten = false
  const commit: Cloud['commit'] = async (change) => {
    await cloud.commit({ ...change, audit: entry(input ?? {}, asked.status) })
    isWritten = true
  }
  const writeEntry = async () => {
    await cloud.addAudit(entry(input ?? {}, asked.status))
    isWritten = true
  }
  let answer: Answer
  try {
    input = parse()
    answer = await verb({ ...context, cloud: { ...cloud, commit }, writeEntry }, input)
  } catch (error) {
    const code = isAppError(error) ? error.code : 'Internal'
    await cloud.addAudit(entry(input ?? {}, errorCodes[code].status, code)).catch(lost)
    throw error
  }
  if (!isWritten) await writeEntry()
  return answer
}

function entryOf(
  { cloud, site }: Place,
  { caller, sourceIp, requestId, verb, dry }: Asked,
  { input, status, code }: { input: Fields; status: number; code: string | null },
): StoredEntry {
  const now = cloud.now()
  const at = now.toISOString()
  const { name: _name, dryRun: _dryRun, ...wish } = input
  return {
    ...{ id: `${at}#${requestId}`, at, caller, sourceIp, requestId, verb, dry },
    cluster: clusterOf(input),
    wish: Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)),
    status,
    code,
    day: at.slice(0, 10),
    principal: principalOf(caller),
    expires: Math.floor(now.getTime() / 1000) + site.auditDays * 86_400,
  }
}

function clusterOf({ name, ...fields }: Fields): string | null {
  if (typeof name === 'string') return name
  const { virtualLab = fields.vlab_id, project = fields.project_id } = fields
  return typeof virtualLab === 'string' && typeof project === 'string'
    ? clusterName({ virtualLab, project })
    : null
}
