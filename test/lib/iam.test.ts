// The evaluator itself: what it gets wrong, every test of permissions gets wrong.
import { describe, expect, it } from 'vitest'
import { evaluate, type Statement } from './iam.ts'

const subnet = 'arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1'
const allow = (rest: Partial<Statement>): Statement => ({
  Effect: 'Allow',
  Action: 'ec2:DeleteSubnet',
  Resource: '*',
  ...rest,
})
const ask = (statements: Statement[], context: Record<string, string> = {}, resource = subnet) =>
  evaluate(statements, { action: 'ec2:DeleteSubnet', resource, context })

describe('actions and resources', () => {
  it.each<[Partial<Statement>, string, string]>([
    [{}, 'allowed', 'exactly the action'],
    [{ Action: 'EC2:deletesubnet' }, 'allowed', 'actions are not case-sensitive'],
    [{ Action: ['s3:GetObject', 'ec2:Delete*'] }, 'allowed', 'one of several, by wildcard'],
    [{ Action: 'ec2:Delete' }, 'silent', 'a beginning is not the whole'],
    [{ Resource: 'arn:aws:ec2:eu-west-1:123456789012:subnet/*' }, 'allowed', 'a resource by wildcard'],
    [{ Resource: 'arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-?' }, 'allowed', 'one character'],
    [{ Resource: 'arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-??' }, 'silent', 'two are not one'],
    [{ Resource: 'arn:aws:ec2:eu-west-1:210987654321:subnet/*' }, 'silent', 'another account'],
    [{ Resource: 'arn:aws:ec2:eu-west-1:123456789012:Subnet/*' }, 'silent', 'resources are case-sensitive'],
    [{ Resource: 'arn:aws:ec2:eu-west-1:123456789012:subne./*' }, 'silent', 'a dot is a dot'],
  ])('%j is %s: %s', (rest, answer) => {
    expect(ask([allow(rest)])).toBe(answer)
  })

  it('says nothing where no statement applies, and a Deny outweighs every Allow', () => {
    expect(ask([])).toBe('silent')
    expect(ask([allow({}), allow({ Effect: 'Deny' }), allow({})])).toBe('denied')
  })
})

describe('conditions', () => {
  const role = 'arn:aws:iam::123456789012:role/caller'
  const by = (operator: string, value: string | string[]) => [
    allow({ Condition: { [operator]: { key: value } } }),
  ]

  it.each<[string, string | string[], string | undefined, boolean, string]>([
    ['StringEquals', 'a', 'a', true, 'equal'],
    ['StringEquals', 'a', 'A', false, 'case-sensitive'],
    ['StringEquals', ['a', 'b'], 'b', true, 'one of them'],
    ['StringEquals', 'a', undefined, false, 'a missing key is equal to nothing'],
    ['StringEquals', '*', 'a', false, 'knows no wildcards'],
    ['StringNotEquals', ['a', 'b'], 'b', false, 'neither of them'],
    ['StringNotEquals', ['a', 'b'], 'c', true, 'neither of them'],
    ['StringNotEquals', 'a', undefined, true, 'a missing key is different'],
    ['StringLike', 'a/*', 'a/b', true, 'a wildcard'],
    ['StringLike', 'a/*', 'a', false, 'not the whole'],
    ['StringLike', '*', undefined, false, 'a missing key is like nothing'],
    ['ForAllValues:StringEquals', ['a', 'b'], 'b', true, 'one of them'],
    ['ForAllValues:StringEquals', ['a', 'b'], 'c', false, 'neither'],
    ['ForAllValues:StringEquals', 'a', undefined, true, 'no value is no other value'],
    ['ArnEquals', role, role, true, 'equal'],
    ['ArnEquals', 'arn:aws:iam::*:role/caller', role, true, 'a wildcard within a part'],
    ['ArnEquals', 'arn:*/caller', role, false, 'no wildcard over colons'],
    ['ArnEquals', role, undefined, false, 'nobody is not that role'],
    ['ArnNotEquals', [role], role, false, 'that one'],
    ['ArnNotEquals', [role], `${role}-2`, true, 'another one'],
    ['ArnNotEquals', [role], undefined, true, 'nobody is another one'],
    ['Null', 'true', undefined, true, 'absent as wanted'],
    ['Null', 'true', 'a', false, 'present'],
    ['Null', 'false', 'a', true, 'present as wanted'],
    ['Null', 'false', undefined, false, 'absent'],
    ['Bool', 'false', 'false', true, 'equal'],
    ['Bool', 'false', undefined, false, 'a missing key is not false'],
  ])('%s %j against %j is %s: %s', (operator, wanted, value, holds) => {
    expect(ask(by(operator, wanted), value === undefined ? {} : { key: value })).toBe(
      holds ? 'allowed' : 'silent',
    )
  })

  it('are all needed, and their keys are not case-sensitive', () => {
    const both = [allow({ Condition: { StringEquals: { 'aws:A': '1', 'aws:B': '2' } } })]
    expect(ask(both, { 'AWS:a': '1', 'aws:B': '2' })).toBe('allowed')
    expect(ask(both, { 'aws:A': '1' })).toBe('silent')
  })

  it('of a kind that it does not know are an error, not an answer', () => {
    expect(() => ask(by('IpAddress', '10.0.0.0/8'))).toThrow('IpAddress')
    expect(() => ask([{ ...allow({}), NotAction: 's3:*' } as Statement])).toThrow('NotAction')
  })
})
