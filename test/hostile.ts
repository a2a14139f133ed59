// Texts that mean something to what they could reach: YAML, templates, shells, SQL, paths, logs, terminals, prototypes.
import fc from 'fast-check'

export const attacks = [
  ...[
    '"',
    "'",
    '`',
    '\\',
    '\n',
    'a\nb: c',
    '- a',
    '{a: b}',
    '[a]',
    '# a',
    '&a',
    '*a',
    '|',
    '>',
    '%YAML 1.1',
    '---',
  ],
  ...['!!python/object/apply:os.system ["id"]', '!Ref Subnet', '!Sub "${AWS::AccountId}"', '<<: *a'],
  ...[
    '${subnetId}',
    '${scripts.users.url}',
    'a${user.name}b',
    '${',
    '${AWS::AccountId}',
    '${${region}}',
    '$(id)',
  ],
  ...['{"Ref": "AWS::AccountId"}', '{"Fn::Sub": "${AWS::AccountId}"}', '{{resolve:secretsmanager:a}}'],
  ...['\0', 'a\0b', '\u2028', '\ufeff', '\u202e', 'é', '👩‍🔬', '１', '\ud800', '__proto__', 'constructor'],
  ...['a\r\nPartitionName=x', '90\nPartitionName=x', '90 MaxNodes=1', '../x', 'x'.repeat(5000)],
  ...["' OR '1'='1", "'; DROP TABLE projects; --", 'a`; DROP DATABASE hpc; --', '%', '_'],
  ...[
    '; id',
    '| id',
    '&& id',
    '`id`',
    '-oProxyCommand=id',
    '--force',
    '/etc/passwd',
    'a/../../b',
    '\\\\host\\share',
  ],
  ...['\u001b[2J', '\u001b]0;x\u0007', 'a\rb', '{"level":"INFO"}\n{"level":"ERROR"}', '\u0085'],
]

/** Any text, and each of the attacks more often than chance would have it. */
export const hostileText = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...attacks) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
)

/** Any value that JSON can bring, with hostile texts as keys and as values. */
export const hostileJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    hostileText,
    fc.constantFrom(null, true, 0, -1, 1.5, 1e308, [], {}),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(hostileText, tie('value'), { maxKeys: 3 }),
  ),
})).value
