// The contract of what a deletion asks when it is stuck, and an audit when someone else was at it.
import { describe, expect, it } from 'vitest'
import type { NewStack } from '../../core/cloud.ts'
import { deploymentTag } from '../../core/names.ts'
import type { Outside } from '../cloud-contract.ts'

const stack: NewStack = {
  name: 'one',
  template: {
    Resources: {
      Subnet: { Properties: { CidrBlock: '10.64.3.0/24' } },
      Cluster: { Properties: { ClusterName: 'hpc-one', ClusterConfiguration: {} } },
    },
  },
  tags: { [deploymentTag]: '01k0' },
  roleArn: 'arn:aws:iam::1:role/stacks',
}

export function removalContract(make: () => Outside): void {
  it('tells whether a key pair and a secret are there', async () => {
    const { cloud } = make()
    expect(await cloud.getKeyPair('a')).toBe('absent')
    expect(await cloud.getSecretState('a/b')).toBe('absent')
    await cloud.importKeyPair('a', 'ssh-ed25519 AAAA', {})
    await cloud.createSecret('a/b', 'value', {})
    expect(await cloud.getKeyPair('a')).toBe('there')
    expect(await cloud.getSecretState('a/b')).toBe('there')
  })

  describe('a stack that cannot be deleted', () => {
    it('tells what holds it, goes without that, and what is left is still to be seen', async () => {
      const { cloud, pass, hold } = make()
      await cloud.createStack(stack)
      await pass(3600)
      expect(await cloud.listHeld('one')).toEqual([])
      hold(['Subnet'])
      await cloud.deleteStack('one')
      await pass(3600)
      expect((await cloud.getStack('one')).phase).toBe('stuck')
      const held = await cloud.listHeld('one')
      expect(held).toMatchObject([
        { logicalId: 'Subnet', type: 'AWS::EC2::Subnet', reason: expect.any(String) },
      ])
      await cloud.deleteStack('one', { retain: ['Subnet'] })
      await pass(3600)
      expect((await cloud.getStack('one')).phase).toBe('absent')
      const gone = { logicalId: 'Other', type: 'AWS::EC2::SecurityGroup', physicalId: 'sg-1', reason: '' }
      expect(await cloud.listRemaining([...held, gone])).toEqual(held)
      expect(await cloud.listRemaining([])).toEqual([])
    })

    it.each([
      ['Subnet', 'AWS::EC2::Subnet'],
      ['SubnetRouteTable', 'AWS::EC2::SubnetRouteTableAssociation'],
      ['SecurityGroup', 'AWS::EC2::SecurityGroup'],
      ['SecurityGroupFromSelf', 'AWS::EC2::SecurityGroupIngress'],
      ['SecurityGroupToSelf', 'AWS::EC2::SecurityGroupEgress'],
      ['AccessPoint', 'AWS::EFS::AccessPoint'],
      ['ProjectPolicy', 'AWS::IAM::ManagedPolicy'],
      ['NameClaim', 'AWS::Logs::LogGroup'],
    ])('sees its %s that was left go when somebody deletes it', async (logicalId, type) => {
      const { cloud, pass, hold, deleteByHand } = make()
      hold([logicalId])
      await cloud.createStack(stack)
      await pass(3600)
      await cloud.deleteStack('one')
      await pass(3600)
      const held = await cloud.listHeld('one')
      expect(held).toMatchObject([{ logicalId, type }])
      await cloud.deleteStack('one', { retain: [logicalId] })
      await pass(3600)
      expect(await cloud.listRemaining(held)).toEqual(held)
      deleteByHand()
      expect(await cloud.listRemaining(held)).toEqual([])
    })

    it('holds nothing where it is not there', async () => {
      expect(await make().cloud.listHeld('none')).toEqual([])
    })
  })

  it("ParallelCluster's stack tells whose it is, and is deleted like any other", async () => {
    const { cloud, pass } = make()
    await cloud.createStack(stack)
    await pass(3600)
    expect(await cloud.getStack('hpc-one')).toMatchObject({ phase: 'ready', deploymentId: '01k0' })
    await cloud.deleteStack('hpc-one', { roleArn: 'arn:aws:iam::1:role/removal' })
    expect((await cloud.getStack('hpc-one')).phase).toBe('deleting')
    await pass(3600)
    expect((await cloud.getStack('hpc-one')).phase).toBe('absent')
  })
}
