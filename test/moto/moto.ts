// moto: a second AWS emulator, whose CloudFormation makes what ours cannot (peering, rules as resources, mount targets).
// One process on loopback, with a state of its own that ends with it.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateRouteTableCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { findProgram } from '../../local/machine.ts'

const inVenv = join(import.meta.dirname, '../../.local/venv/bin/moto_server')
/** `npm test` installs it; elsewhere its tests are skipped. */
export const motoServer = [inVenv, findProgram('moto_server')].find(
  (path) => path !== undefined && spawnSync(path, ['--help']).status === 0,
)

export type Moto = { endpoint: string; config: object; stop: () => void }

export async function startMoto(region: string): Promise<Moto> {
  if (!motoServer) throw new Error('There is no moto_server here.')
  const setpriv = findProgram('setpriv')
  const args = ['-H', '127.0.0.1', '-p', '0']
  const [command, all] = setpriv
    ? [setpriv, ['--pdeathsig', 'TERM', motoServer, ...args]]
    : [motoServer, args]
  const child = spawn(command, all, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    const [, endpoint] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? []
    if (endpoint) {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
      return { endpoint, config: { endpoint, region, credentials, maxAttempts: 1 }, stop: () => child.kill() }
    }
    await sleep(100)
  }
  child.kill()
  throw new Error(`moto did not start: ${said}`)
}

/** Creates a stack, and throws with CloudFormation's reason unless all of it is there. */
export async function create({ config }: Moto, name: string, template: object): Promise<void> {
  const client = new CloudFormationClient(config)
  await client.send(new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template) }))
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }))
  const { StackStatus, StackStatusReason } = Stacks?.[0] ?? {}
  if (StackStatus !== 'CREATE_COMPLETE')
    throw new Error(`${name} is ${StackStatus}: ${StackStatusReason ?? 'without a reason'}`)
}

/** What CloudFormation made of a resource of a stack. */
export async function physicalId(
  { config }: Moto,
  StackName: string,
  LogicalResourceId: string,
): Promise<string> {
  const client = new CloudFormationClient(config)
  const answer = await client.send(new DescribeStackResourceCommand({ StackName, LogicalResourceId }))
  return answer.StackResourceDetail?.PhysicalResourceId ?? ''
}

/** Makes the Main VPC, which is there before the app is; it is told to a template in place of the example's ids. */
export async function mainVpc({ config }: Moto): Promise<<T extends object>(template: T) => T> {
  const ec2 = new EC2Client(config)
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: Vpc?.VpcId }))
  return (template) =>
    JSON.parse(
      JSON.stringify(template)
        .replaceAll('vpc-0123456789abcdef0', Vpc?.VpcId ?? '')
        .replaceAll('rtb-0123456789abcdef0', RouteTable?.RouteTableId ?? ''),
    )
}
