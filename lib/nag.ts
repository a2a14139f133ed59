// cdk-nag's AwsSolutions rules over the whole app. A finding that is accepted says so with its reason, beside its
// construct; wildcards of policies, whose finding is spelled out per resource, are in wildcards.ts.
import { type PolicyValidationPluginReport, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { IConstruct } from 'constructs'
import { wildcards } from './wildcards.ts'

/** Accepts a rule's findings on a construct and on all that is below it. */
export const accept = (construct: IConstruct, rule: `AwsSolutions-${string}`, reason: string): void =>
  Validations.of(construct).acknowledge({ id: rule, reason })

export class NagRules extends AwsSolutionsChecks {
  override validateScope(scope: IConstruct): PolicyValidationPluginReport {
    const violations = super
      .validateScope(scope)
      .violations.filter(({ ruleName }) => wildcardOf(ruleName) === undefined)
    return { success: violations.length === 0, violations }
  }
}

/** The entry of wildcards.ts that a finding is accepted by. */
export function wildcardOf(finding: string): string | undefined {
  // Without the digits that CDK gives to references between stacks.
  const [, spelled] = /^AwsSolutions-IAM5\[(.*)\]$/s.exec(finding) ?? []
  const what = spelled?.replace(/[0-9A-F]{16}(?=\/\*$)/, '')
  return what === undefined
    ? undefined
    : Object.keys(wildcards).find((end) => (end.includes('::') ? what === end : what.endsWith(end)))
}

/** What an emulator cannot have, for an environment of the laptop. */
export function acceptEmulator(app: IConstruct): void {
  const plain = 'The emulator speaks plain HTTP.'
  accept(app, 'AwsSolutions-S10', plain)
  accept(app, 'AwsSolutions-SQS4', plain)
  accept(
    app,
    'AwsSolutions-APIG1',
    'The emulator’s API ends with the demonstration; the function logs its requests.',
  )
}
