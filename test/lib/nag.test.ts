// cdk-nag's AwsSolutions rules: no finding that nobody has given a reason for, and no reason without a finding.
import { App, Stack, Validations } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { AwsSolutionsChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { environments } from '../../bin/app.ts'
import { accept, NagRules, wildcardOf } from '../../lib/nag.ts'
import { wildcards } from '../../lib/wildcards.ts'
import { type Deployed, deploy } from './deployed.ts'
import { asImages, awsKeys, deletesOrphans, privateApi } from './variants.ts'

const deployed: Record<string, Deployed> = {
  ...Object.fromEntries(Object.keys(environments).map((name) => [name, deploy(name)])),
  'example with a PRIVATE API': deploy('example', privateApi),
  'example as container images': deploy('example', asImages),
  'example that deletes orphans': deploy('example', deletesOrphans),
  'example with AWS’s own keys': deploy('example', awsKeys),
}

type Finding = { rule: string; path: string }
const findingsOf = (rules: AwsSolutionsChecks, app: App): Finding[] =>
  rules
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath = '' }) => ({ rule: ruleName, path: constructPath })),
    )

/** All findings, as if none were accepted. */
class AllFindings extends AwsSolutionsChecks {}
Object.defineProperty(AllFindings.prototype, 'isAcknowledged', { value: () => false })

const acceptedOf = (app: App): Finding[] =>
  app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.keys(data))
      .map((id) => ({ rule: id.replace(/^annotation::/i, ''), path: node.path })),
  )

describe.each(Object.entries(deployed))('%s', (_, { app }) => {
  it('has no finding without a reason', () => {
    expect(findingsOf(new NagRules(), app)).toEqual([])
  })

  it('accepts nothing that is not found', () => {
    const findings = findingsOf(new AllFindings(), app)
    const idle = acceptedOf(app)
      .filter(({ rule }) => rule.startsWith('AwsSolutions-'))
      // What an emulator cannot have is said for the whole app, whether or not a stack has it.
      .filter(({ path }) => path !== '')
      .filter(
        (accepted) =>
          !findings.some(({ rule, path }) => rule === accepted.rule && path.startsWith(accepted.path)),
      )
    expect(idle).toEqual([])
  })
})

describe('wildcards', () => {
  const findings = Object.values(deployed).flatMap(({ app }) => findingsOf(new AllFindings(), app))

  it('are each of some policy', () => {
    const used = new Set(findings.map(({ rule }) => wildcardOf(rule)))
    expect(Object.keys(wildcards).filter((end) => !used.has(end))).toEqual([])
  })

  it('are accepted by all of their end only', () => {
    const finding = (what: string) => `AwsSolutions-IAM5[${what}]`
    expect(wildcardOf(finding('Resource::*'))).toBe('Resource::*')
    expect(wildcardOf(finding('Action::*'))).toBeUndefined()
    expect(wildcardOf(finding('Resource::arn:aws:secretsmanager:eu-west-1:1:secret:*'))).toBeUndefined()
    expect(wildcardOf(finding('Resource::arn:aws:ec2:eu-west-1:1:*'))).toBeUndefined()
    expect(wildcardOf('AwsSolutions-S1')).toBeUndefined()
  })
})

it('a synthesis with a finding that nobody accepted fails', () => {
  const app = new App()
  Validations.of(app).addPlugins(new NagRules())
  const bucket = new Bucket(new Stack(app, 'Stack'), 'Bucket')
  expect(findingsOf(new NagRules(), app).map(({ rule }) => rule)).toContain('AwsSolutions-S1')
  expect(() => app.synth()).toThrow()
  accept(bucket, 'AwsSolutions-S1', 'for a test')
  expect(findingsOf(new NagRules(), app).map(({ rule }) => rule)).not.toContain('AwsSolutions-S1')
})
