// The contract of all but the tables: keys, messages, stacks, zones.
import { describe, expect, it } from 'vitest'
import type { NewStack } from '../../core/cloud.ts'
import type { Outside } from '../cloud-contract.ts'
import { codeOf } from '../wishes.ts'

const stack = (name: string, nodes = 1): NewStack => ({
  name,
  template: {
    Resources: {
      Subnet: { Properties: { CidrBlock: '10.64.3.0/24' } },
      Cluster: { Properties: { ClusterName: `hpc-${name}`, ClusterConfiguration: { nodes } } },
    },
  },
  tags: { a: 'b' },
  roleArn: 'arn:aws:iam::1:role/stacks',
})

export function servicesContract(make: () => Outside): void {
  describe('keys and messages', () => {
    it('a secret is made once', async () => {
      const { cloud } = make()
      expect(await cloud.createSecret('a/b', 'value', {})).toMatch(/^arn:.*a\/b/)
      expect(await codeOf(cloud.createSecret('a/b', 'other', {}))).toBe('Conflict')
    })

    it('what is there already is imported, and what is not there is deleted, without complaint', async () => {
      const { cloud } = make()
      await cloud.importKeyPair('a', 'ssh-ed25519 AAAA', {})
      await cloud.importKeyPair('a', 'ssh-ed25519 AAAA', {})
      for (let times = 0; times < 2; times++) {
        await cloud.deleteKeyPair('a')
        await cloud.deleteSecret('a/b')
      }
    })

    it('a message goes out as it is', async () => {
      const { cloud, sent } = make()
      const message = { name: 'hpc-a', deploymentId: '01k0', requestedAt: '2026-08-01T00:00:00.000Z' }
      await cloud.wake(message, 5)
      expect(sent()).toEqual([message])
    })

    it('a deployment id is lower-case, 26 characters, new each time; a seed has 32 bytes', () => {
      const { cloud } = make()
      const ids = Array.from({ length: 50 }, () => cloud.newDeploymentId())
      for (const id of ids) expect(id).toMatch(/^[0-9a-z]{26}$/)
      expect(new Set(ids).size).toBe(50)
      expect(cloud.newSeed()).toHaveLength(32)
      expect(cloud.newSeed()).not.toEqual(cloud.newSeed())
    })
  })

  describe('stacks', () => {
    it('that are not there are absent, and deleting them succeeds', async () => {
      const { cloud } = make()
      expect(await cloud.getStack('none')).toEqual({ phase: 'absent', outputs: {} })
      await cloud.deleteStack('none')
    })

    it('are created once, become ready with their outputs, are deleted, are absent', async () => {
      const { cloud, pass } = make()
      expect(await cloud.createStack(stack('one'))).toEqual({})
      const { stackId, phase } = await cloud.getStack('one')
      expect(phase).toBe('creating')
      expect(await cloud.createStack(stack('one'))).toEqual({})
      await pass(3600)
      const ready = await cloud.getStack('one')
      expect(ready).toMatchObject({ phase: 'ready', stackId, outputs: { HeadNodeIp: expect.any(String) } })
      await cloud.deleteStack('one')
      expect((await cloud.getStack('one')).phase).toBe('deleting')
      await cloud.deleteStack('one')
      await pass(3600)
      expect((await cloud.getStack('one')).phase).toBe('absent')
    })

    it('are updated while they are there, and are done where nothing differs', async () => {
      const { cloud, pass } = make()
      await cloud.createStack(stack('one'))
      expect(await cloud.updateStack(stack('one', 2))).toMatchObject({ refused: expect.any(String) })
      await pass(3600)
      expect(await cloud.updateStack(stack('one'))).toEqual({ done: true })
      expect(await cloud.updateStack(stack('one', 2))).toEqual({})
      expect((await cloud.getStack('one')).phase).toBe('updating')
      await cloud.deleteStack('one')
      expect((await cloud.getStack('one')).phase).toBe('updating')
      await pass(3600)
      expect(await cloud.getStack('one')).toMatchObject({
        phase: 'ready',
        outputs: { HeadNodeIp: expect.any(String) },
      })
      expect(await cloud.updateStack(stack('one', 2))).toEqual({ done: true })
      expect(await cloud.getTemplate('one')).toEqual(stack('one', 2).template)
    })

    it('whose update fails are as they were, and tell the reason', async () => {
      const { cloud, pass } = make()
      await cloud.createStack(stack('fail-update-1'))
      await pass(3600)
      const { stackId } = await cloud.getStack('fail-update-1')
      await cloud.updateStack(stack('fail-update-1', 2))
      await pass(3600)
      expect((await cloud.getStack('fail-update-1')).phase).toBe('reverted')
      expect(await cloud.getStackFailure(stackId ?? '')).toMatch(/^Cluster: /)
      expect(await cloud.updateStack(stack('fail-update-1'))).toEqual({ done: true })
      expect(await cloud.getTemplate('fail-update-1')).toEqual(stack('fail-update-1').template)
    })

    it('that are not there are not updated', async () => {
      expect(await make().cloud.updateStack(stack('none'))).toMatchObject({ refused: expect.any(String) })
    })

    it('that fail tell the first reason', async () => {
      const { cloud, pass } = make()
      await cloud.createStack(stack('fail-create-1'))
      const { stackId } = await cloud.getStack('fail-create-1')
      await pass(3600)
      expect((await cloud.getStack('fail-create-1')).phase).toBe('failed')
      expect(await cloud.getStackFailure(stackId ?? '')).toMatch(/^Cluster: /)
    })
  })

  it('zones are those that offer every type, in the order asked', async () => {
    const { cloud } = make()
    expect(await cloud.zonesOffering(['t3.micro'], ['eu-west-1b', 'eu-west-1a'])).toEqual([
      'eu-west-1b',
      'eu-west-1a',
    ])
  })
}
