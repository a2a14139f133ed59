// One look at the identity provider's keys: what it publishes is checked, and stored where clusters take it from.
import { usableKeys } from './usable-keys.ts'

/** Where the keys come from and where they go. All calls may throw AppError `Unavailable`: the next look tries again. */
export type KeyPlaces = {
  /** What the identity provider publishes now, as text. */
  published(): Promise<string>
  /** What clusters take; undefined before the first look that succeeded. */
  stored(): Promise<string | undefined>
  store(text: string): Promise<void>
}

export type Refreshed = { changed: boolean; kids: string[] }

/**
 * Throws, and leaves what is stored as it is, when the provider does not answer or publishes nothing usable. Writes only
 * what is new, since clusters start Slurm's daemons again for it.
 */
export async function refreshKeys(places: KeyPlaces): Promise<Refreshed> {
  const { text, kids } = usableKeys(await places.published())
  const changed = text !== (await places.stored())
  if (changed) await places.store(text)
  return { changed, kids }
}
