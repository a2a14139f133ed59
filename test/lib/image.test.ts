// Functions as container images: what Docker would be given. No image is built here.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Runtime } from 'aws-cdk-lib/aws-lambda'
import { describe, expect, it } from 'vitest'
import { deploy } from './deployed.ts'
import { asImages } from './variants.ts'

const { all, assembly } = deploy('example', asImages)
const zips = deploy('example')
const functions = all('AWS::Lambda::Function')

type DockerAsset = { source: { directory: string; dockerBuildArgs: { FUNCTION: string }; platform: string } }
const { dockerImages } = JSON.parse(
  readFileSync(join(assembly.directory, 'hpc-provisioner-example-service.assets.json'), 'utf8'),
) as { dockerImages: Record<string, DockerAsset> }
const contexts = Object.values(dockerImages).map(({ source }) => source)

/** The Dockerfile's instructions, its arguments filled in. */
const instructions = (folder: string, values: Record<string, string>): [string, string][] =>
  readFileSync(join(folder, 'Dockerfile'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/\$\{(\w+)\}/g, (_, name) => values[name] ?? ''))
    .map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)])

describe('the functions as container images', () => {
  it('are images for arm64, with the roles, times and variables that they have as zips', () => {
    expect(functions.length).toBe(10)
    for (const { path, Properties } of functions) {
      const { PackageType, Code, ...image } = Properties
      const {
        Code: _zip,
        Runtime: _runtime,
        Handler: _handler,
        ...zip
      } = zips.one('AWS::Lambda::Function', path).Properties
      expect([path, PackageType, image]).toEqual([path, 'Image', zip])
      expect(Code.ImageUri).toMatch(/\.dkr\.ecr\.eu-west-1\.amazonaws\.com\/.+:[0-9a-f]{64}$/)
    }
    expect(contexts.map(({ platform }) => platform)).toEqual(Array(contexts.length).fill('linux/arm64'))
  })

  it.each(contexts.map((source) => [source.dockerBuildArgs.FUNCTION, source] as const))(
    'of %s hold its own bundle where Lambda looks for it, and no other’s',
    (name, { directory }) => {
      const folder = join(assembly.directory, directory)
      expect(readdirSync(folder).sort()).toEqual(['Dockerfile', name].sort())
      const [from, arg, copy, command, ...others] = instructions(folder, {
        FUNCTION: name,
        LAMBDA_TASK_ROOT: '/var/task',
      })
      expect(others).toEqual([])
      // The runtime of the zips, as AWS names its base image.
      expect(from).toEqual([
        'FROM',
        `public.ecr.aws/lambda/${Runtime.NODEJS_24_X.name.replace(/(\d+)\.x$/, ':$1')}`,
      ])
      expect(arg).toEqual(['ARG', 'FUNCTION'])
      expect(copy).toEqual(['COPY', `${name}/ /var/task/`])
      const [file, handler] = (JSON.parse(command?.[1] ?? '[]')[0] as string).split('.')
      const module = join(folder, name, `${file}.mjs`)
      expect(existsSync(module)).toBe(true)
      const print = `import(${JSON.stringify(module)}).then((it) => console.log(typeof it.${handler}))`
      expect(execFileSync(process.execPath, ['-e', print], { encoding: 'utf8' }).trim()).toBe('function')
    },
  )
})
