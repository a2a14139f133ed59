// How a cluster is named on the command line: by its name, or by `virtualLab/project`.
import { AppError } from '../core/errors.ts'
import { clusterName } from '../core/names.ts'

export const namedHow = 'the name of a cluster, or virtualLab/project'

/** A name is for the API to judge. Throws `InvalidRequest` for a virtual lab or project that cannot be one. */
export async function clusterNameOf(text: string): Promise<string> {
  if (!text.includes('/')) return text
  const [virtualLab = '', project = '', ...more] = text.split('/')
  if (more.length > 0) throw invalid(text, 'has more than one "/"')
  const { Id } = await import('../core/cluster.ts')
  for (const id of [virtualLab, project]) {
    const { error } = Id.safeParse(id)
    if (error) throw invalid(text, `each of the two ${error.issues[0]?.message}`)
  }
  return clusterName({ virtualLab, project })
}

const invalid = (text: string, message: string): AppError =>
  new AppError('InvalidRequest', `"${text}" is no virtualLab/project: ${message}.`, {
    details: [{ path: 'name', message }],
  })
