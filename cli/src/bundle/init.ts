import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ApiError } from '@cairn/platform/errors'
import { BUNDLE_FILE } from './load.js'

const template = (name: string) => `bundle:
  name: ${name}

variables:
  experiment:
    description: The experiment that runs are logged to
    default: /${name}

targets:
  dev:
    mode: development
    default: true
  prod:
    mode: production

resources:
  experiments:
    runs:
      name: \${var.experiment}
  registered_models:
    model:
      name: ${name}
      description: Deployed by the bundle ${name}
  jobs:
    hello:
      name: ${name}-hello
      tasks:
        - task_key: hello
          spark_python_task:
            python_file: ./src/hello.py
            parameters: ['\${bundle.target}']
`

const SCRIPT = `import sys

print("Hello from the target", sys.argv[1])
`

/** Writes a bundle to start from. @throws ALREADY_EXISTS for a folder that has one */
export async function initBundle(folder: string): Promise<string> {
  const file = join(folder, BUNDLE_FILE)
  if (existsSync(file)) throw new ApiError('ALREADY_EXISTS', `${file} exists already.`)
  const name = basename(resolve(folder)).replaceAll(/[^\w.-]/g, '-')
  const script = join(folder, 'src', 'hello.py')
  await mkdir(dirname(script), { recursive: true })
  if (!existsSync(script)) await writeFile(script, SCRIPT)
  await writeFile(file, template(name), { flag: 'wx' })
  return file
}
