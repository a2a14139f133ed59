// What the schema lets pass and ParallelCluster's model then stumbles over: it ends with a TypeError and says nothing
// else. Looked at only where the section and its neighbours in the same list are right otherwise.
import type { Section } from './description.ts'
import type { Problem } from './section-rules.ts'
import { settingsOf } from './storage-settings.ts'
import { isGiven, type Values } from './values.ts'

const existing = ['FsxOpenZfs', 'FsxOntap', 'FileCache']

export function crashesOf(name: string, section: Values, { needs = [] }: Section): Problem[] {
  const missing = needs
    .filter((key) => section[key] === undefined)
    .map((key): Problem => ({ path: [key], message: 'is required: add it.' }))
  return [...missing, ...special(name, section)]
}

function special(name: string, section: Values): Problem[] {
  if (name === 'SharedStorage') {
    const type = String(section.StorageType)
    const settings = settingsOf[type] ?? ''
    return existing.includes(type) && !isGiven(section[settings])
      ? [{ path: [settings], message: `is required for the StorageType ${type}: add it.` }]
      : []
  }
  if (name !== 'SlurmComputeResource') return []
  const empty = isGiven(section.Instances) ? 'InstanceType' : 'Instances'
  return section[empty] !== undefined ? [{ path: [empty], message: 'is empty: remove it.' }] : []
}
