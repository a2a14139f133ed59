// Values come into a tree as scalars only, and trees add up by three rules.
import { describe, expect, it } from 'vitest'
import { merge } from '../../../core/render/merge.ts'
import { substitute } from '../../../core/render/placeholders.ts'
import { someValues } from '../samples.ts'

describe('a value', () => {
  it('is never searched for further placeholders', () => {
    const tree = { a: '${project}', b: 'x-${project}-${region}' }
    expect(substitute(tree, someValues({ project: '${keyName}', region: '$& $1' }))).toEqual({
      a: '${keyName}',
      b: 'x-${keyName}-$& $1',
    })
  })

  it('keeps its type where it stands alone', () => {
    const tree = { list: ['${subnetId}', '${customAmi}'], days: '${logRetentionDays}', ami: '${customAmi}' }
    expect(substitute(tree, someValues())).toEqual({ list: [{ Ref: 'Subnet' }], days: 90 })
  })

  it.each([
    ['a-${subnetId}', /^a\.b\[0\]: .*stand alone/, 'an intrinsic inside text'],
    ['${logRetentionDays} days', /^a\.b\[0\]: .*stand alone/, 'a number inside text'],
    ['x${customAmi}', /^a\.b\[0\]: .*stand alone/, 'an absent value inside text'],
    ['${nothing}', /^a\.b\[0\]: there is no value/, 'an unknown name'],
    ['${toString}', /^a\.b\[0\]: there is no value/, 'a name that every object has'],
    ['${scripts.other.url}', /^a\.b\[0\]: there is no value/, 'a script that the site has not'],
    ['${region', /^a\.b\[0\]: .*does not end/, 'an unfinished placeholder'],
    ['${ region }', /^a\.b\[0\]: .*does not end/, 'spaces in a placeholder'],
  ])('%s is refused with its path', (scalar, message) => {
    expect(() => substitute({ a: { b: [scalar] } }, someValues())).toThrow(message)
  })

  it('is not put into a key', () => {
    expect(() => substitute({ '${region}': 1 }, someValues())).toThrow(/cannot hold a placeholder/)
  })
})

describe('merging', () => {
  it('merges maps, joins lists, and else takes the later', () => {
    expect(
      merge(
        { a: { x: 1, y: 1 }, list: [1], same: 1 },
        { a: { y: 2, z: 2 }, list: [2], same: { now: 'a map' } },
      ),
    ).toEqual({ a: { x: 1, y: 2, z: 2 }, list: [1, 2], same: { now: 'a map' } })
  })
})
