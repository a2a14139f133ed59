// Nodes that fetch which keys they shall trust and say that they have done it, some seconds after the text is there.
import type { Cloud } from '../../core/cloud.ts'
import { type Deployment, stackName } from '../../core/names.ts'

export const keyKnobs = () => ({
  /** How long until nodes have done what the text says. */
  keysSeconds: 5,
  /** Nodes that do not listen. */
  keysUnheard: false,
})
type Text = { text: string; at: number }

export function nodeKeys(now: () => number, knob: ReturnType<typeof keyKnobs>) {
  const texts = new Map<string, Text>()
  const done = new Map<string, string>()
  /** What the head node does by now. */
  function look(name: string): void {
    const wanted = texts.get(name)
    if (wanted && !knob.keysUnheard && now() >= wanted.at + knob.keysSeconds * 1000)
      done.set(name, wanted.text)
  }
  const calls: Pick<Cloud, 'putTrustedKeys' | 'getTrustedState' | 'deleteTrustedKeys'> = {
    async putTrustedKeys(of: Deployment, text: string) {
      const name = stackName(of)
      look(name)
      if (texts.get(name)?.text !== text) texts.set(name, { text, at: now() })
    },
    async getTrustedState(of) {
      look(stackName(of))
      return /^state (.+)$/m.exec(done.get(stackName(of)) ?? '')?.[1]
    },
    deleteTrustedKeys: async (of) => void (texts.delete(stackName(of)) && done.delete(stackName(of))),
  }
  /** The public keys that the nodes trust; undefined for those that they were launched with. */
  const trusted = (of: Deployment): string[] | undefined => {
    look(stackName(of))
    const text = done.get(stackName(of))
    return text === undefined
      ? undefined
      : [...text.matchAll(/^trust \w+ (.+)$/gm)].map(([, key = '']) => key)
  }
  return { texts, trusted, calls }
}
