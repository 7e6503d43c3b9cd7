import { SearchModelVersions } from '@cairn/platform/protocol/model-versions'
import {
  CHAMPION,
  EvaluateGate,
  type GateCheck,
  ListPromotions,
  PromoteModelVersion,
} from '@cairn/platform/protocol/promotions'
import {
  DeleteRegisteredModelAlias,
  SearchRegisteredModels,
  SetRegisteredModelAlias,
} from '@cairn/platform/protocol/registered-models'
import { Command } from 'commander'
import { connect } from '../client/connect.js'
import { printRows, time } from '../client/output.js'

export function modelsCommand() {
  const models = new Command('models')
    .description('registered models, their versions, aliases and the gate')
    .addHelpText('afterAll', EXAMPLES)
  for (const add of [addList, addVersions, addAlias, addGate, addPromote, addPromotions, addParams])
    add(models)
  return models
}

function addList(models: Command) {
  models
    .command('list')
    .description('registered models')
    .option('--filter <expression>', `in MLflow's language, e.g. "name LIKE 'mov%'"`)
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
          updated: (model) => time(model.last_updated_timestamp),
        },
        'No registered models yet. `mlflow.register_model(...)` makes one, and so does `cairn demo`.',
      )
    })
}

function addVersions(models: Command) {
  models
    .command('versions <name>')
    .description('versions of a model, the newest first')
    .action(async (name, _options, command) => {
      const { model_versions = [] } = await connect(command).call(SearchModelVersions, {
        filter: `name = ${name.includes("'") ? `"${name}"` : `'${name}'`}`,
        order_by: ['version_number DESC'],
      })
      printRows(
        command,
        model_versions,
        {
          version: (one) => one.version,
          aliases: (one) => one.aliases?.join(' '),
          stage: (one) => one.current_stage,
          run: (one) => one.run_id,
          created: (one) => time(one.creation_timestamp),
        },
        `'${name}' has no versions.`,
      )
    })
}

function addAlias(models: Command) {
  const alias = models.command('alias').description('move and delete aliases')
  alias
    .command('set <name> <alias> <version>')
    .description('point an alias at a version')
    .action(async (name, aliasName, version, _options, command) => {
      await connect(command).call(SetRegisteredModelAlias, { name, alias: aliasName, version })
      process.stderr.write(`${name}@${aliasName} is now version ${version}.\n`)
    })
  alias
    .command('rm <name> <alias>')
    .description('delete an alias')
    .action(async (name, aliasName, _options, command) => {
      await connect(command).call(DeleteRegisteredModelAlias, { name, alias: aliasName })
    })
}

function addGate(models: Command) {
  models
    .command('gate <name> <version>')
    .description('what the gate would say, without deciding')
    .option('--alias <alias>', 'the alias to take', CHAMPION)
    .action(async (name, version, options, command) => {
      const { gate } = await connect(command).call(EvaluateGate, { name, version, alias: options.alias })
      printChecks(command, gate.checks)
      if (!gate.passed) process.exitCode = GATE_FAILED
    })
}

function addPromote(models: Command) {
  models
    .command('promote <name> <version>')
    .description('ask the gate, and move the alias when it passes')
    .option('--alias <alias>', 'the alias to take', CHAMPION)
    .option('--force', 'move it even when the gate fails; recorded with your name')
    .option('--reason <text>', 'recorded with the decision')
    .action(async (name, version, options, command) => {
      const { promotion } = await connect(command).call(PromoteModelVersion, { name, version, ...options })
      printChecks(command, promotion.checks)
      if (promotion.verdict === 'failed') process.exitCode = GATE_FAILED
      else
        process.stderr.write(
          `${name}@${promotion.alias} is now version ${version}${promotion.verdict === 'forced' ? `, forced by ${promotion.decided_by}` : ''}.\n`,
        )
    })
}

function addPromotions(models: Command) {
  models
    .command('promotions <name>')
    .description('decisions of the gate, the newest first')
    .action(async (name, _options, command) => {
      const { promotions } = await connect(command).call(ListPromotions, { name })
      printRows(
        command,
        promotions,
        {
          version: (one) => one.version,
          alias: (one) => one.alias,
          verdict: (one) => one.verdict,
          by: (one) => one.decided_by,
          at: (one) => time(one.decided_at),
          failed: (one) =>
            one.checks
              .filter((check) => !check.passed)
              .map((check) => check.name)
              .join(' '),
        },
        `No version of '${name}' has been before the gate.`,
      )
    })
}

function addParams(models: Command) {
  models
    .command('params [kind]')
    .description('what a kind of model can be told when it is trained; without a kind, what kinds there are')
    .action(async (kind: string | undefined, _options, command) => {
      const { getRecipe, recipeKinds } = await import('@cairn/pipelines/recommender/recipes')
      if (kind === undefined) {
        const recipes = await Promise.all(recipeKinds().map(getRecipe))
        return printRows(
          command,
          recipes.map((recipe) => ({ kind: recipe.kind, title: recipe.title })),
          { kind: (one) => one.kind, title: (one) => one.title },
          '',
        )
      }
      const { describeParameters } = await import('../bench/describe-parameters.js')
      printRows(
        command,
        describeParameters((await getRecipe(kind)).parameters),
        {
          name: (one) => one.name,
          type: (one) => one.type,
          default: (one) => (one.default === undefined ? '' : JSON.stringify(one.default)),
          range: (one) => one.range,
          description: (one) => one.description,
        },
        `'${kind}' has no parameters.`,
      )
    })
}

const GATE_FAILED = 6

const printChecks = (command: Command, checks: readonly GateCheck[]) =>
  printRows(
    command,
    checks,
    {
      check: (one) => one.name,
      result: (one) => (one.passed ? 'passed' : 'failed'),
      detail: (one) => one.detail,
    },
    '',
  )

const EXAMPLES = `
Examples:
  $ cairn models list
  $ cairn models versions movies -o json
  $ cairn models params als
  $ cairn models promote movies 3                 exit code 6 when the gate fails
  $ cairn models promote movies 3 --force --reason "hotfix"
`
