import { ApiError, invalid } from '@cairn/platform/errors'
import { Command } from 'commander'
import { deploy, destroy, openTarget, plan } from '../bundle/deploy.js'
import { initBundle } from '../bundle/init.js'
import { type Bundle, loadBundle } from '../bundle/load.js'
import { runJob } from '../bundle/run.js'
import { BUNDLE_SCHEMA } from '../bundle/schema.js'
import { nameOf } from '../bundle/state.js'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { printRows } from '../client/output.js'
import { ask } from '../teams/questions.js'

interface Options {
  readonly folder: string
  readonly target?: string
  readonly var: Readonly<Record<string, string>>
}

/** `cairn bundle`: validates, deploys, runs and destroys the resources that `databricks.yml` describes. */
export function bundleCommand() {
  const bundle = new Command('bundle')
    .description('Manage the resources that databricks.yml describes')
    .addHelpText('after', examples('cairn bundle init', 'cairn bundle deploy -t prod --var schema=main.data'))
  for (const add of [addInit, addValidate, addSchema, addPlan, addDeploy, addRun, addDestroy]) add(bundle)
  return bundle
}

const withOptions = (command: Command) =>
  command
    .option('-C, --folder <folder>', 'the folder of databricks.yml', '.')
    .option('-t, --target <name>', 'the target (default: the one with `default: true`)')
    .option('--var <name=value>', 'the value of a variable; also BUNDLE_VAR_NAME', addVariable, {})

function addVariable(text: string, before: Readonly<Record<string, string>>) {
  const [, name, value] = /^([\w-]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw invalid(`'${text}' must have the form NAME=VALUE.`)
  return { ...before, [name]: value }
}

function load({ folder, target, var: given }: Options): Bundle {
  const prefix = 'BUNDLE_VAR_'
  const environment = Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
  )
  return loadBundle({ folder, target, variables: { ...Object.fromEntries(environment), ...given } })
}

const print = (line: string) => void process.stderr.write(`${line}\n`)

function addInit(bundle: Command) {
  bundle
    .command('init [folder]')
    .description('Create a databricks.yml to start from')
    .addHelpText('after', examples('cairn bundle init recommender'))
    .action(async (folder: string | undefined) => print(`Created ${await initBundle(folder ?? '.')}.`))
}

function addValidate(bundle: Command) {
  withOptions(bundle.command('validate'))
    .description('Check databricks.yml and what it includes, without a server')
    .addHelpText('after', examples('cairn bundle validate', 'cairn bundle validate -t prod'))
    .action((options: Options) => {
      const { name, target, resources } = load(options)
      const count = resources.length === 1 ? '1 resource' : `${resources.length} resources`
      print(`Bundle ${name}, target ${target}: ${count}, no mistakes.`)
    })
}

function addSchema(bundle: Command) {
  bundle
    .command('schema')
    .description('Print the JSON Schema of databricks.yml for editors')
    .addHelpText('after', examples('cairn bundle schema > bundle-schema.json'))
    .action(() => void process.stdout.write(`${JSON.stringify(BUNDLE_SCHEMA, null, 2)}\n`))
}

function addPlan(bundle: Command) {
  withOptions(bundle.command('plan'))
    .description('Show what a deployment would change')
    .addHelpText('after', examples('cairn bundle plan -t prod'))
    .action(async (options: Options, command: Command) => {
      const steps = await plan(await openTarget(load(options), connect(command), print))
      printRows(
        command,
        steps.filter(({ change }) => change !== 'none'),
        { change: ({ change }) => change, resource: nameOf },
        'No changes.',
      )
    })
}

function addDeploy(bundle: Command) {
  withOptions(bundle.command('deploy'))
    .description('Upload the files, and create, update and delete resources')
    .option('--force-lock', 'take the lock of another deployment, which has ended')
    .addHelpText('after', examples('cairn bundle deploy', 'cairn bundle deploy -t prod'))
    .action(
      async ({ forceLock = false, ...options }: Options & { forceLock?: boolean }, command: Command) => {
        const loaded = load(options)
        await deploy(await openTarget(loaded, connect(command), print), forceLock)
        print(`Deployed ${loaded.name} to ${loaded.target}.`)
      },
    )
}

function addRun(bundle: Command) {
  withOptions(bundle.command('run <job>'))
    .description('Run a deployed job and wait for its end')
    .option('--param <name=value>', 'the value of a parameter of the job', addVariable, {})
    .option('--no-wait', 'only print the run id')
    .addHelpText('after', examples('cairn bundle run train --param epochs=3'))
    .action(async (job: string, options: Options & RunFlags, command: Command) => {
      const target = await openTarget(load(options), connect(command), print)
      const { param: parameters, wait } = options
      const state = await target.file.read()
      const id = await runJob(target.connection.call, state, job, { parameters, wait, print })
      process.stdout.write(`${id}\n`)
    })
}

interface RunFlags {
  readonly param: Readonly<Record<string, string>>
  readonly wait: boolean
}

function addDestroy(bundle: Command) {
  withOptions(bundle.command('destroy'))
    .description('Delete all resources and files of a target')
    .option('--auto-approve', 'do not ask')
    .option('--force-lock', 'take the lock of another deployment, which has ended')
    .addHelpText('after', examples('cairn bundle destroy -t dev --auto-approve'))
    .action(async (options: Options & { autoApprove?: boolean; forceLock?: boolean }, command: Command) => {
      const loaded = load(options)
      if (!options.autoApprove) {
        if (!process.stdin.isTTY)
          throw new ApiError('INVALID_STATE', 'Nobody can be asked here: pass --auto-approve.')
        const question = `Type ${loaded.target} to delete all resources and files of this target: `
        if ((await ask(question)).trim() !== loaded.target) return
      }
      await destroy(await openTarget(loaded, connect(command), print), options.forceLock ?? false)
      print(`Deleted ${loaded.name} from ${loaded.target}.`)
    })
}
