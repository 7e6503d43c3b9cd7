import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { invalid, missing } from '@cairn/platform/errors'
import { Command } from 'commander'
import { addParameter, type ParametersByKind } from '../bench/parameters.js'
import { examples } from '../client/examples.js'
import { formatOf } from '../client/output.js'
import { parseInteger } from '../client/parse-integer.js'

const LITERATURE = 'loo.full.seenfiltered.v1'
const SHIPPED = fileURLToPath(new URL('../../../examples/data/ml-latest-small.zip', import.meta.url))

/** `cairn bench`: the leaderboard of models (`recommenders`) and the comparison of evaluation protocols (`protocols`). */
export function benchCommand() {
  const bench = new Command('bench')
    .description('Benchmark models on this machine, without a server')
    .addHelpText('after', examples('cairn bench recommenders --data ml-1m.txt.gz', 'cairn bench protocols'))
  bench
    .command('recommenders')
    .description('Train models and evaluate them under one protocol')
    .requiredOption(
      '--data <path>',
      'a zip or folder of any MovieLens edition, or "user item" lines (also as .gz)',
    )
    .option('--models <kinds>', 'comma-separated (default: all; baselines are always included)')
    .option('--protocol <id>', 'evaluation protocol, see docs/protocols.md', LITERATURE)
    .option('--param <kind.name=value>', 'set a parameter of a model; repeatable', addParameter, {})
    .option(
      '--threads <number>',
      'threads for training and ranking (default: all cores, at most 8)',
      parseInteger,
    )
    .option('--results <folder>', 'folder for the table as Markdown and JSON', 'bench/results')
    .option('--lists <folder>', "write each user's recommendations and targets to this folder")
    .addHelpText(
      'after',
      examples(
        'cairn bench recommenders --data ml-1m.txt.gz',
        'cairn bench recommenders --data ml-32m.zip --models als --protocol gts.q90.full.seenfiltered.v1',
        'cairn bench recommenders --data ml-1m/ --models als --param als.factors=128 --param als.epochs=8 -o json',
        'cairn models params als   # lists what --param can set',
      ),
    )
    .action(benchRecommenders)
  bench
    .command('protocols')
    .description('Compare models under honest and inflated protocols, as in docs/why-0.86.md')
    .option('--data <path>', 'a zip or folder of any MovieLens edition', SHIPPED)
    .option(
      '--models <kinds>',
      'comma-separated (default: models that train within seconds; reference models are always included)',
    )
    .option('--out <file>', 'file for the page', 'docs/why-0.86.md')
    .addHelpText('after', examples('cairn bench protocols   # writes docs/why-0.86.md from the shipped data'))
    .action(benchProtocols)
  return bench
}

async function benchProtocols(flags: { data: string; models?: string; out: string }, command: Command) {
  const { referenceKinds } = await import('@cairn/pipelines/leaderboard/contenders')
  const { getRecipe, modelKinds } = await import('@cairn/recommenders/models/kinds')
  const { runReferenceModels } = await import('../bench/recommenders.js')
  const { protocolsPage } = await import('../bench/protocols-page.js')
  requireData(flags.data)
  const format = formatOf(command)
  const recipes = await Promise.all((flags.models?.split(',') ?? modelKinds()).map(getRecipe))
  const selected = recipes.filter(({ fittedOnce }) => flags.models || !fittedOnce).map(({ kind }) => kind)
  const comparison = await runReferenceModels(flags.data, [...referenceKinds, ...selected])
  const page = protocolsPage(comparison)
  writeFileSync(flags.out, page)
  process.stdout.write(format === 'json' ? `${JSON.stringify(comparison, null, 2)}\n` : page)
  process.stderr.write(`Results written to ${flags.out}\n`)
  if (comparison.rows.some((row) => 'error' in row)) process.exitCode = 1
}

interface RecommenderFlags {
  readonly data: string
  readonly models?: string
  readonly protocol: string
  readonly param: ParametersByKind
  readonly threads?: number
  readonly results: string
  readonly lists?: string
}

async function benchRecommenders(flags: RecommenderFlags, command: Command) {
  const { getProtocol } = await import('@cairn/recommenders/evaluation/protocol')
  const { getContender } = await import('@cairn/pipelines/leaderboard/contenders')
  const { BASELINES, modelKinds } = await import('@cairn/recommenders/models/kinds')
  const { resolveParameters } = await import('@cairn/recommenders/recipe')
  const { writeLeaderboard, runLeaderboard } = await import('../bench/recommenders.js')
  const { leaderboardPage } = await import('../bench/leaderboard-page.js')
  requireData(flags.data)
  const format = formatOf(command)
  const selected = flags.models?.split(',') ?? modelKinds()
  const kinds = [...new Set([...BASELINES, ...selected])]
  getProtocol(flags.protocol)
  for (const kind of kinds) resolveParameters(await getContender(kind), flags.param[kind])
  const unused = Object.keys(flags.param).find((kind) => !kinds.includes(kind))
  if (unused) throw invalid(`--param sets '${unused}', which is not among the models: ${kinds.join(', ')}.`)
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
    process.stderr.write(`Results written to ${writeLeaderboard(leaderboard, flags.results)}.md and .json\n`)
}

/** Checks the path here, because otherwise the process of every model reports it. */
function requireData(path: string) {
  if (!existsSync(path)) throw missing(`${resolve(path)} does not exist: pass a data set with --data.`)
}
