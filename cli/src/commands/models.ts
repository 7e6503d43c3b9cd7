import {
  CHAMPION,
  EvaluateGate,
  type GateCheck,
  type GateVerdict,
  ListPromotions,
  PromoteModelVersion,
} from '@cairn/platform/protocol/cairn/promotions'
import type { Client } from '@cairn/platform/protocol/client'
import { SearchModelVersions } from '@cairn/platform/protocol/mlflow/model-versions'
import {
  DeleteRegisteredModelAlias,
  SearchRegisteredModels,
  SetRegisteredModelAlias,
} from '@cairn/platform/protocol/mlflow/registered-models'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { filterText } from '../client/filter-text.js'
import { formatTime } from '../client/format.js'
import { adviceAfterGate } from '../client/gate-advice.js'
import { printRows } from '../client/output.js'
import { addServe } from '../model-server/serve.js'

/** `cairn models`: registered models, their aliases, the promotion gate, and the parameters of recommenders. */
export function modelsCommand() {
  const models = new Command('models')
    .description('Manage registered models, their versions, aliases and promotions')
    .addHelpText('after', examples('cairn models list', 'cairn models promote movies 3'))
  for (const add of [addList, addVersions, addServe, addAlias, addGate, addPromote, addPromotions, addParams])
    add(models)
  return models
}

function addList(models: Command) {
  models
    .command('list')
    .description('List registered models')
    .addHelpText('after', examples(`cairn models list --filter "name LIKE 'mov%'"`))
    .option('--filter <expression>', `MLflow filter, e.g. "name LIKE 'mov%'"`)
    .action(async ({ filter }, command) => {
      const { registered_models = [] } = await connect(command).call(SearchRegisteredModels, { filter })
      printRows(
        command,
        registered_models,
        {
          name: (model) => model.name,
          versions: (model) =>
            Math.max(0, ...(model.latest_versions ?? []).map((version) => Number(version.version))),
          aliases: (model) => model.aliases?.map(({ alias, version }) => `${alias}=${version}`).join(' '),
          updated: (model) => formatTime(model.last_updated_timestamp),
        },
        'No registered models. Create one with `mlflow.register_model(...)` or `cairn demo`.',
      )
    })
}

function addVersions(models: Command) {
  models
    .command('versions <name>')
    .description('List versions of a model, newest first')
    .addHelpText('after', examples('cairn models versions movies -o json'))
    .action(async (name, _options, command) => {
      const { model_versions = [] } = await connect(command).call(SearchModelVersions, {
        filter: `name = ${filterText(name)}`,
        order_by: ['version_number DESC'],
      })
      printRows(
        command,
        model_versions,
        {
          version: (row) => row.version,
          aliases: (row) => row.aliases?.join(' '),
          stage: (row) => row.current_stage,
          run: (row) => row.run_id,
          created: (row) => formatTime(row.creation_timestamp),
        },
        `'${name}' has no versions.`,
      )
    })
}

function addAlias(models: Command) {
  const alias = models
    .command('alias')
    .description('Manage aliases of model versions')
    .addHelpText('after', examples('cairn models alias set movies champion 3'))
  alias
    .command('set <name> <alias> <version>')
    .description('Set an alias to a version')
    .addHelpText('after', examples('cairn models alias set movies champion 3'))
    .action(async (name, aliasName, version, _options, command) => {
      await connect(command).call(SetRegisteredModelAlias, { name, alias: aliasName, version })
      process.stderr.write(`${name}@${aliasName} is now version ${version}.\n`)
    })
  alias
    .command('rm <name> <alias>')
    .description('Delete an alias')
    .addHelpText('after', examples('cairn models alias rm movies challenger'))
    .action(async (name, aliasName, _options, command) => {
      await connect(command).call(DeleteRegisteredModelAlias, { name, alias: aliasName })
    })
}

function addGate(models: Command) {
  models
    .command('gate <name> <version>')
    .description('Evaluate the promotion gate without promoting')
    .addHelpText('after', examples('cairn models gate movies 3   # exits with 6 when the gate fails'))
    .option('--alias <alias>', 'alias to evaluate or set', CHAMPION)
    .action(async (name, version, options, command) => {
      const { call } = connect(command)
      const { gate } = await call(EvaluateGate, { name, version, alias: options.alias })
      printChecks(command, gate.checks)
      if (!gate.passed) await endFailed(call, gate)
    })
}

function addPromote(models: Command) {
  models
    .command('promote <name> <version>')
    .description('Promote a version: evaluate the gate, and set the alias when it passes')
    .addHelpText(
      'after',
      examples(
        'cairn models promote movies 3   # exits with 6 when the gate fails',
        'cairn models promote movies 3 --force --reason "hotfix"',
      ),
    )
    .option('--alias <alias>', 'alias to evaluate or set', CHAMPION)
    .option('--force', 'set the alias even when the gate fails; recorded with your name')
    .option('--reason <text>', 'reason to record with the decision')
    .action(async (name, version, options, command) => {
      const { call } = connect(command)
      const { promotion } = await call(PromoteModelVersion, { name, version, ...options })
      printChecks(command, promotion.checks)
      if (promotion.verdict === 'failed') await endFailed(call, promotion)
      else
        process.stderr.write(
          `${name}@${promotion.alias} is now version ${version}${promotion.verdict === 'forced' ? `, forced by ${promotion.decided_by}` : ''}.\n`,
        )
    })
}

/** Sets the exit code, and advises if the gate cannot judge the version. */
async function endFailed(call: Client, verdict: Omit<GateVerdict, 'passed'>) {
  process.exitCode = GATE_FAILED
  const advice = await adviceAfterGate(call, verdict)
  if (advice) process.stderr.write(`${advice}\n`)
}

function addPromotions(models: Command) {
  models
    .command('promotions <name>')
    .description('List promotion decisions, newest first')
    .addHelpText('after', examples('cairn models promotions movies'))
    .action(async (name, _options, command) => {
      const { promotions } = await connect(command).call(ListPromotions, { name })
      printRows(
        command,
        promotions,
        {
          version: (row) => row.version,
          alias: (row) => row.alias,
          verdict: (row) => row.verdict,
          by: (row) => row.decided_by,
          at: (row) => formatTime(row.decided_at),
          failed: (promotion) =>
            promotion.checks
              .filter((check) => !check.passed)
              .map((check) => check.name)
              .join(' '),
        },
        `No promotion decisions for '${name}'.`,
      )
    })
}

function addParams(models: Command) {
  models
    .command('params [kind]')
    .description('List the training parameters of a model kind, or all kinds')
    .addHelpText('after', examples('cairn models params', 'cairn models params als'))
    .action(async (kind: string | undefined, _options, command) => {
      const { getRecipe, modelKinds } = await import('@cairn/recommenders/models/kinds')
      if (kind === undefined) {
        const recipes = await Promise.all(modelKinds().map(getRecipe))
        return printRows(
          command,
          recipes.map((recipe) => ({ kind: recipe.kind, title: recipe.title })),
          { kind: (row) => row.kind, title: (row) => row.title },
        )
      }
      const { describeParameters } = await import('../bench/describe-parameters.js')
      printRows(
        command,
        describeParameters((await getRecipe(kind)).parameters),
        {
          name: (row) => row.name,
          type: (row) => row.type,
          default: (row) => (row.default === undefined ? '' : JSON.stringify(row.default)),
          range: (row) => row.range,
          description: (row) => row.description,
        },
        `'${kind}' has no parameters.`,
      )
    })
}

const GATE_FAILED = 6

const printChecks = (command: Command, checks: readonly GateCheck[]) =>
  printRows(command, checks, {
    check: (row) => row.name,
    result: (row) => (row.passed ? 'passed' : 'failed'),
    detail: (row) => row.detail,
  })
