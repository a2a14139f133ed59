// A small reading of IAM, enough to ask "may this role do that?" instead of looking for words in a policy.
// IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".

type OneOrMore<T> = T | T[]
export type Statement = {
  Effect: 'Allow' | 'Deny'
  Action: OneOrMore<string>
  Resource?: OneOrMore<string>
  Principal?: unknown
  Condition?: Record<string, Record<string, OneOrMore<string>>>
}
export type Request = { action: string; resource: string; context?: Record<string, string> }
export type Answer = 'allowed' | 'denied' | 'silent'

const known = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Principal', 'Condition'])

/** What a policy says to a request: silence is a refusal too, unless another policy allows it. */
export function evaluate(statements: Statement[], request: Request): Answer {
  const applying = statements.filter((statement) => applies(statement, request))
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'denied'
  return applying.length > 0 ? 'allowed' : 'silent'
}

function applies(statement: Statement, { action, resource, context = {} }: Request): boolean {
  const unknown = Object.keys(statement).find((key) => !known.has(key))
  if (unknown) throw new Error(`This evaluator does not know ${unknown}.`)
  const { Action, Resource, Condition = {} } = statement
  return (
    list(Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    list(Resource ?? '*').some((pattern) => matches(pattern, resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) =>
        holds(operator, contextValue(context, key), list(wanted)),
      ),
    )
  )
}

// Condition keys, unlike their values, are not case-sensitive.
const contextValue = (context: Record<string, string>, key: string): string | undefined =>
  Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]

/** Several wanted values are joined by "or"; after a negated operator by "nor". A missing key fails all but the negated. */
function holds(operator: string, value: string | undefined, wanted: string[]): boolean {
  const is = (test: (wanted: string, value: string) => boolean) =>
    value !== undefined && wanted.some((one) => test(one, value))
  switch (operator) {
    case 'StringEquals':
      return is((one, actual) => one === actual)
    case 'StringNotEquals':
      return !is((one, actual) => one === actual)
    case 'StringLike':
      return is(matches)
    // The keys of a request with one value: all that it has, if it has any.
    case 'ForAllValues:StringEquals':
      return value === undefined || wanted.includes(value)
    case 'ArnEquals':
    case 'ArnLike':
      return is(arnMatches)
    case 'ArnNotEquals':
    case 'ArnNotLike':
      return !is(arnMatches)
    case 'Bool':
      return is((one, actual) => one === actual)
    case 'Null':
      return wanted.some((one) => (one === 'true') === (value === undefined))
    default:
      throw new Error(`This evaluator does not know ${operator}.`)
  }
}

/** Each of an ARN's six parts by itself: a wildcard does not reach over a colon. */
function arnMatches(pattern: string, arn: string): boolean {
  const [wanted, actual] = [parts(pattern), parts(arn)]
  return wanted.every((part, i) => matches(part, actual[i] ?? ''))
}

function parts(arn: string): string[] {
  const all = arn.split(':')
  return [...all.slice(0, 5), all.slice(5).join(':')]
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(text)
}

export const list = <T>(value: OneOrMore<T>): T[] => (Array.isArray(value) ? value : [value])
