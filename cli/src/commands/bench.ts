import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { invalid, missing } from '@cairn/platform/errors'
import { Command } from 'commander'
import { addParameter, type Parameters } from '../bench/parameters.js'
import { formatOf } from '../client/output.js'
import { wholeNumber } from '../client/whole-number.js'

/** Every leaderboard has these, asked for or not: a model that does not beat them is none. */
const BASELINES = ['popularity', 'ease', 'markov']
const LITERATURE = 'loo.full.seenfiltered.v1'
const SHIPPED = fileURLToPath(new URL('../../../examples/data/ml-latest-small.zip', import.meta.url))

export function benchCommand() {
  const bench = new Command('bench')
    .description('measure models on this machine, without a server')
    .addHelpText('afterAll', EXAMPLES)
  bench
    .command('recommenders')
    .description('fit models and measure them under one protocol')
    .requiredOption(
      '--data <path>',
      'a zip or folder of any MovieLens edition, or "user item" lines (.gz too)',
    )
    .option('--models <kinds>', 'separated by commas (default: all; baselines always come along)')
    .option('--protocol <id>', 'how to measure, see docs/protocols.md', LITERATURE)
    .option('--param <kind.name=value>', 'set a parameter of a model; may be repeated', addParameter, {})
    .option('--threads <number>', 'of training and ranking (default: all cores, 8 at most)', wholeNumber)
    .option('--results <folder>', 'where the table is filed as Markdown and JSON', 'bench/results')
    .option('--lists <folder>', "write every user's list and targets there, for others to measure")
    .action(recommenders)
  bench
    .command('protocols')
    .description('the same models under honest and inflated protocols, as docs/why-0.86.md')
    .option('--data <path>', 'as above', SHIPPED)
    .option(
      '--models <kinds>',
      'separated by commas (default: what fits within seconds; witnesses come along)',
    )
    .option('--out <file>', 'where the page is written', 'docs/why-0.86.md')
    .action(protocols)
  return bench
}

async function protocols(flags: { data: string; models?: string; out: string }, command: Command) {
  const { witnessKinds } = await import('@cairn/pipelines/leaderboard/contenders')
  const { getRecipe, recipeKinds } = await import('@cairn/pipelines/recommender/recipes')
  const { runWitnesses } = await import('../bench/recommenders.js')
  const { protocolsPage } = await import('../bench/protocols-page.js')
  refuseAbsent(flags.data)
  const format = formatOf(command)
  const recipes = await Promise.all((flags.models?.split(',') ?? recipeKinds()).map(getRecipe))
  const asked = recipes.filter(({ fittedOnce }) => flags.models || !fittedOnce).map(({ kind }) => kind)
  const witnesses = await runWitnesses(flags.data, [...witnessKinds, ...asked])
  const page = protocolsPage(witnesses)
  writeFileSync(flags.out, page)
  process.stdout.write(format === 'json' ? `${JSON.stringify(witnesses, null, 2)}\n` : page)
  process.stderr.write(`Written to ${flags.out}\n`)
  if (witnesses.rows.some((row) => 'error' in row)) process.exitCode = 1
}

interface RecommenderFlags {
  readonly data: string
  readonly models?: string
  readonly protocol: string
  readonly param: Parameters
  readonly threads?: number
  readonly results: string
  readonly lists?: string
}

async function recommenders(flags: RecommenderFlags, command: Command) {
  const { getProtocol } = await import('@cairn/pipelines/recommender/protocol')
  const { getContender } = await import('@cairn/pipelines/leaderboard/contenders')
  const { recipeKinds } = await import('@cairn/pipelines/recommender/recipes')
  const { parametersOf } = await import('@cairn/pipelines/recommender/recipe')
  const { fileLeaderboard, runLeaderboard } = await import('../bench/recommenders.js')
  const { leaderboardPage } = await import('../bench/leaderboard-page.js')
  refuseAbsent(flags.data)
  const format = formatOf(command)
  const asked = flags.models?.split(',') ?? recipeKinds()
  const kinds = [...new Set([...BASELINES.filter((kind) => recipeKinds().includes(kind)), ...asked])]
  getProtocol(flags.protocol)
  for (const kind of kinds) parametersOf(await getContender(kind), flags.param[kind])
  const idle = Object.keys(flags.param).find((kind) => !kinds.includes(kind))
  if (idle) throw invalid(`--param sets '${idle}', which is not measured: ${kinds.join(', ')} are.`)
  const leaderboard = await runLeaderboard(
    {
      path: flags.data,
      kinds,
      parameters: flags.param,
      ...(flags.threads !== undefined && { threads: flags.threads }),
      ...(flags.lists !== undefined && { lists: resolve(flags.lists) }),
    },
    flags.protocol,
  )
  process.stdout.write(
    format === 'json' ? `${JSON.stringify(leaderboard, null, 2)}\n` : leaderboardPage(leaderboard),
  )
  const failed = leaderboard.rows.filter((row) => 'error' in row).length
  if (failed > 0) process.exitCode = 1
  if (failed < leaderboard.rows.length)
    process.stderr.write(`Filed as ${fileLeaderboard(leaderboard, flags.results)}.md and .json\n`)
}

/** Else every model says so, each in its own process. */
function refuseAbsent(path: string) {
  if (!existsSync(path)) throw missing(`There is no ${resolve(path)}: name a data set with --data.`)
}

const EXAMPLES = `
Examples:
  $ cairn bench recommenders --data ml-1m.txt.gz
  $ cairn bench recommenders --data ml-32m.zip --models als --protocol gts.q90.full.seenfiltered.v1
  $ cairn bench recommenders --data ml-1m/ --models als --param als.factors=128 --param als.epochs=8 -o json
  $ cairn bench protocols                                         writes docs/why-0.86.md from the shipped data
  $ cairn models params als                                       what --param can set
`
