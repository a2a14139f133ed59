// The requests that were taken and are not answered yet, on disk: who starts the provider again after it was killed
// takes them up, since CloudFormation sends each of them once.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CustomResourceEvent } from './event.ts'

export type Journal = {
  keep(event: CustomResourceEvent): void
  forget(event: CustomResourceEvent): void
  left(): CustomResourceEvent[]
}

export function openJournal(stateDir: string): Journal {
  const folder = join(stateDir, 'requests')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fileOf = ({ RequestId }: CustomResourceEvent) =>
    join(folder, `${RequestId.replace(/[^\w-]/g, '_')}.json`)
  return {
    keep: (event) => writeFileSync(fileOf(event), JSON.stringify(event), { mode: 0o600 }),
    forget: (event) => rmSync(fileOf(event), { force: true }),
    left: () =>
      readdirSync(folder).flatMap((file) => {
        const event = CustomResourceEvent.safeParse(parsed(readFileSync(join(folder, file), 'utf8')))
        // Half written: its request was never said to be taken.
        return event.success ? [event.data] : []
      }),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
