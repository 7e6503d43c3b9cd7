import type { LeaderboardRow, MeasuredRow } from '@cairn/pipelines/leaderboard/measure-models'
import type { MeasurementConditions } from '@cairn/platform/statistics/measurement-conditions'
import type { EvaluationSummary } from '@cairn/recommenders/evaluation/evaluate'

/** The figure that an earlier project reported, without its protocol. */
const CLAIM = 0.86

export const COMPARED_PROTOCOLS = [
  'inflated.a.uni100.v1',
  'inflated.a.uni50.v1',
  'inflated.a.uni20.v1',
  'inflated.c.rated.v1',
  'inflated.c.tenth.v1',
  'loo.full.seenfiltered.v1',
  'gts.q90.full.seenfiltered.v1',
] as const

export interface ProtocolComparison extends MeasurementConditions {
  readonly rows: readonly LeaderboardRow[]
}

/** Compares the same models under inflated and honest protocols. */
export function protocolsPage({ rows, date, machine, commit, command }: ProtocolComparison): string {
  const measured = rows.filter((row): row is MeasuredRow => !('error' in row))
  const [first] = measured
  if (!first) return '# Why 0.86\n\nNo model could be measured.\n'
  const loo = summaryOf(first, 'loo.full.seenfiltered.v1')
  const gts = summaryOf(first, 'gts.q90.full.seenfiltered.v1')
  const { name, users, items, events } = first.data
  return `# Why 0.86

An earlier project reported Precision@10 = Recall@10 = **${CLAIM}** for films of MovieLens. It did not state its protocol, its
code is not part of this repository, and the number is **not ours**. It cannot be the share of good recommendations: with one
held-out film per user, precision at 10 is at most 0.1 for any model, and the best published recall at 10 on MovieLens-1M in full
ranking is 0.32.

Written by \`cairn bench protocols\`: the same models, trained on ${name} (${events} ratings of ${users} users on ${items} films), under
two protocols that produce such numbers, A and C, and under the two that Cairn uses for decisions. Each cell shows precision and
recall at 10, or one number if they are equal.

| model | A: 100 negatives | A: 50 | A: 20 | C: own ratings, a fifth held out | C: a tenth | honest: leave-one-out | honest: split by time |
|---|---|---|---|---|---|---|---|
${rows.map(line).join('\n')}

## How such a number is produced

**A. A hundred negatives** (\`inflated.a.uni100.v1\`). The held-out film is ranked among 100 random ones that the user has not rated,
instead of all ${items}, and "precision" is the number of hits divided by the number of users instead of the number of recommendations. Then
P = R = HR by definition.
${reachA(measured)}
Published figures of this kind are 0.80 for BERT4Rec on MovieLens-1M and 0.95 on MovieLens-20M. Random films are
mostly obscure. Distinguishing them from a watched film is easy, and says little about the ten recommended films out of ${items}.

**C. The user's own ratings** (\`inflated.c.rated.v1\`). A random fifth of the ratings is held out, and the model orders each user's
held-out films, which the user chose to watch. The first ten are compared with the ten films that the user rated best. Both lists
have the same length, so P = R.
${reachC(measured)}
A user with at most ten held-out ratings scores 1 for any order. The protocol never tests which films to recommend.

## How Cairn detects them

Cairn checks each evaluation for impossible figures (\`docs/protocols.md\`). The flags are stored on the run, and the gate
rejects them.

${flags(measured)}

## Honest protocols

- \`loo.full.seenfiltered.v1\`: the last film of each of ${loo?.n_users} users, ranked among all ${items} that they have not rated. Precision is a
  tenth of recall.
- \`gts.q90.full.seenfiltered.v1\`: trained on the first 90 % of the time span, tested on everything after it; ${gts?.n_users} users have
  ratings on both sides of that date. With fewer users, intervals are wider: see the run.

Figures of different protocols are never compared. Random order and item + user bias are reference models, which are never served.

${date}, ${machine}, commit ${commit}: \`${command}\`
`
}

const summaryOf = ({ measurements }: MeasuredRow, protocol: string) =>
  measurements.find(({ summary }) => summary.protocol === protocol)?.summary

function line(row: LeaderboardRow): string {
  if ('error' in row)
    return `| ${row.title} | failed: ${row.error.replaceAll('|', '/').slice(0, 200)} |||||||`
  const cells = COMPARED_PROTOCOLS.map((protocol) => both(summaryOf(row, protocol)))
  return `| ${[row.title, ...cells].join(' | ')} |`
}

function both(summary: EvaluationSummary | undefined): string {
  if (!summary) return ''
  const [precision, recall] = [summary.metrics.precision.toFixed(3), summary.metrics.recall.toFixed(3)]
  if (summary.standing === 'honest') return `P ${precision}, R ${recall}`
  return precision === recall ? `**${precision}**` : `**P ${precision}, R ${recall}**`
}

const precisionOf = (row: MeasuredRow, protocol: string) => summaryOf(row, protocol)?.metrics.precision ?? 0

const bestOf = (rows: readonly MeasuredRow[], protocol: string) =>
  rows.reduce((best, row) => (precisionOf(row, protocol) > precisionOf(best, protocol) ? row : best))

function reachA(rows: readonly MeasuredRow[]): string {
  const negatives = [100, 50, 20]
  const at = (count: number) => `inflated.a.uni${count}.v1`
  const best = bestOf(rows, at(100))
  const figures = negatives
    .map((count) => `${precisionOf(best, at(count)).toFixed(2)} with ${count}`)
    .join(', ')
  const reached = negatives.find((count) => rows.some((row) => precisionOf(row, at(count)) >= CLAIM))
  const when = reached ? `; ${CLAIM} is exceeded with ${reached} negatives` : ''
  return `Here ${best.title} reaches ${figures}${when}.`
}

function reachC(rows: readonly MeasuredRow[]): string {
  const [fifth, tenth] = ['inflated.c.rated.v1', 'inflated.c.tenth.v1'] as const
  const best = bestOf(rows, tenth)
  const figures = (row: MeasuredRow) =>
    `${precisionOf(row, fifth).toFixed(2)} with a fifth held out and ${precisionOf(row, tenth).toFixed(2)} with a tenth`
  const random = rows.find(({ kind }) => kind === 'random')
  return `Here ${best.title} reaches ${figures(best)}${random ? `; random order reaches ${figures(random)}` : ''}.`
}

function flags(rows: readonly MeasuredRow[]): string {
  const best = bestOf(rows, 'inflated.a.uni100.v1')
  const shown = [best, bestOf(rows, 'inflated.c.rated.v1')].map((row, n) => {
    const protocol = n === 0 ? 'inflated.a.uni100.v1' : 'inflated.c.rated.v1'
    const raised = summaryOf(row, protocol)?.flags.filter(({ code }) => code !== 'below_popularity') ?? []
    return raised.map(({ message }) => `- \`${protocol}\`, ${row.title}: ${message}.`)
  })
  return shown.flat().join('\n') || '- No flags were raised.'
}
