// Which IAM actions a function's code asks for, read off its bundle: the calls of the cloud that esbuild leaves in, and
// the SDK commands behind each of them in aws/.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..', '..')

/** IAM's prefix of a service where it is not the SDK's name without dashes. */
const prefixes: Record<string, string> = {
  efs: 'elasticfilesystem',
  'cloudwatch-logs': 'logs',
  eventbridge: 'events',
}
/** What a command asks for where that is not the action of its name alone. Service Authorization Reference. */
const actionsOf: Record<string, string[]> = {
  'dynamodb:Get': ['dynamodb:GetItem'],
  'dynamodb:Put': ['dynamodb:PutItem'],
  'dynamodb:Update': ['dynamodb:UpdateItem'],
  'dynamodb:Delete': ['dynamodb:DeleteItem'],
  'dynamodb:BatchGet': ['dynamodb:BatchGetItem'],
  'dynamodb:TransactWrite': ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:UpdateItem'],
  'lambda:Invoke': ['lambda:InvokeFunction'],
  'ec2:ImportKeyPair': ['ec2:ImportKeyPair', 'ec2:CreateTags'],
  'secretsmanager:CreateSecret': ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
  'cloudformation:CreateStack': ['cloudformation:CreateStack', 'cloudformation:TagResource', 'iam:PassRole'],
  'cloudformation:UpdateStack': ['cloudformation:UpdateStack', 'cloudformation:TagResource', 'iam:PassRole'],
}

type Commands = { ofMember: Map<string, Set<string>>; ofAll: Set<string> }

/** The commands that each member of the cloud sends, by the text of one file of aws/. */
function commandsIn(text: string): Commands {
  const services = new Map(
    [...text.matchAll(/import (?:type )?\{([^}]*)\} from '@aws-sdk\/(?:client|lib)-([a-z0-9-]+)'/g)].flatMap(
      ([, names = '', service = '']) =>
        names.split(',').map((name) => [name.replace(/^\s*type\s/, '').trim(), service] as const),
    ),
  )
  const sent = (part: string) =>
    [...part.matchAll(/new (\w+)Command\(/g)].map(([, name = '']) => {
      const service = services.get(`${name}Command`) ?? ''
      return `${prefixes[service] ?? service.replaceAll('-', '')}:${name}`
    })
  const members = [...text.matchAll(/^ {4}(?:async )?(\w+)\(.*?^ {4}\},?$/gms)]
  const rest = members.reduce((left, [member]) => left.replace(member, ''), text)
  return {
    ofMember: new Map(members.map(([member, name = '']) => [name, new Set(sent(member))])),
    ofAll: new Set(sent(rest)),
  }
}

const files = new Map(
  readdirSync(join(root, 'aws'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, commandsIn(readFileSync(join(root, 'aws', file), 'utf8'))]),
)

async function bundled(entry: string): Promise<{ text: string; files: string[] }> {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    outdir: 'nowhere',
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  return { text: outputFiles.map(({ text }) => text).join('\n'), files: Object.keys(metafile.inputs) }
}

/** What the entry's code asks for; `sends` are the actions without which a command of its own is refused. */
export async function actionsCalledBy(entry: string): Promise<{ sends: string[]; mayNeed: string[] }> {
  const { text, files: inputs } = await bundled(entry)
  const called = new Set([...text.matchAll(/\bcloud\d*\.(\w+)\(/g)].map(([, name = '']) => name))
  const commands = inputs
    .filter((path) => path.startsWith('aws/'))
    .flatMap((path) => {
      const { ofMember, ofAll } = files.get(basename(path)) ?? { ofMember: new Map(), ofAll: [] }
      const members = [...ofMember].filter(([name]) => called.has(name))
      const sent = members.flatMap(([, commands]) => [...commands])
      return members.length > 0 || ofMember.size === 0 ? [...sent, ...ofAll] : []
    })
  const needs = commands.map((command) => actionsOf[command] ?? [command])
  return {
    sends: [...new Set(needs.flatMap(([first = '']) => first))].sort(),
    mayNeed: [...new Set(needs.flat())].sort(),
  }
}
