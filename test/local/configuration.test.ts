// What the local site reads of a ParallelCluster configuration, as CloudFormation hands it over.
import { describe, expect, it } from 'vitest'
import { publicKeysInArguments, readConfiguration } from '../../local/slurm/configuration.ts'
import { aConfiguration, userKey } from './fixtures.ts'

describe('the cluster configuration', () => {
  it('takes the strings that CloudFormation makes of numbers and booleans', () => {
    const configuration = readConfiguration(
      aConfiguration({
        Scheduling: {
          SlurmSettings: { EnableMemoryBasedScheduling: 'true', ScaledownIdletime: '5' },
          SlurmQueues: [
            {
              Name: 'debug',
              JobExclusiveAllocation: 'false',
              CustomSlurmSettings: { MaxNodes: '8' },
              ComputeResources: [{ Name: 'c', InstanceType: 'c7i.large', MinCount: '1', MaxCount: '4' }],
            },
          ],
        },
      }),
    )
    const [queue] = configuration.Scheduling.SlurmQueues
    expect(queue?.ComputeResources[0]).toMatchObject({ MinCount: 1, MaxCount: 4 })
    expect(queue?.JobExclusiveAllocation).toBe(false)
    expect(configuration.Scheduling.SlurmSettings).toMatchObject({
      EnableMemoryBasedScheduling: true,
      ScaledownIdletime: 5,
    })
  })

  it('takes numbers and booleans as they are, too', () => {
    const configuration = readConfiguration(aConfiguration())
    expect(configuration.Scheduling.SlurmQueues[0]?.CustomSlurmSettings).toEqual({
      MaxNodes: '8',
      MaxTime: '1-00:00:00',
    })
  })

  it('has ParallelCluster defaults where nothing is said', () => {
    const configuration = readConfiguration(aConfiguration({ SharedStorage: undefined }))
    expect(configuration.SharedStorage).toEqual([])
    expect(configuration.Scheduling.SlurmSettings.ScaledownIdletime).toBe(10)
    expect(configuration.Scheduling.SlurmQueues[0]?.ComputeResources[0]?.MinCount).toBe(0)
  })

  it('reads one script as a sequence of one', () => {
    const HeadNode = {
      InstanceType: 't3.medium',
      Networking: { SubnetId: 'subnet-1' },
      CustomActions: { OnNodeConfigured: { Script: 's3://b/one.sh' } },
    }
    const { CustomActions } = readConfiguration(aConfiguration({ HeadNode })).HeadNode
    expect(CustomActions).toEqual({
      OnNodeStart: [],
      OnNodeConfigured: [{ Script: 's3://b/one.sh', Args: [] }],
      OnNodeUpdated: [],
    })
  })

  it('names every field that is wrong', () => {
    expect(() => readConfiguration({ HeadNode: {}, Scheduling: { SlurmQueues: [] } })).toThrow(
      /HeadNode\.InstanceType.*Scheduling\.SlurmQueues/s,
    )
  })

  it('finds the key of the user among the arguments of the scripts', () => {
    expect(publicKeysInArguments(readConfiguration(aConfiguration()))).toEqual([`ssh-ed25519 ${userKey}`])
  })
})
