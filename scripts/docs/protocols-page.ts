import { CONFIDENCE, RESAMPLES } from '@cairn/platform/statistics/bootstrap'
import type { LeakFlag } from '@cairn/recommenders/evaluation/leaks'
import { USER_METRICS } from '@cairn/recommenders/evaluation/metrics'
import {
  type Candidates,
  PROTOCOLS,
  type Protocol,
  type Relevant,
} from '@cairn/recommenders/evaluation/protocol'
import { SPLITS, type SplitId } from '@cairn/recommenders/evaluation/splits/split'

const SPLIT_TEXT: Readonly<Record<SplitId, string>> = {
  'gts.q90.v1':
    'One moment for everybody, the 90 % quantile of all timestamps (event ⌊0.9·n⌋ of the sorted ones). Training has what lies before it, ' +
    'the test what lies at it or after. Validation: the same with 80 %, up to the 90 % moment. Only users with a training event are asked.',
  'loo.v1':
    "Each user's last event is the test, the one before it validation. Users with fewer than three events only train. For the test " +
    'a model is fitted on everything else, validation included.',
  'strong.v1':
    'A tenth of the users, by a hash of their id, is the test and another tenth validation. None of their events is trained on; they ' +
    'come with the first 80 % of their events (rounded down) and are asked for the rest (strong generalization, Liang et al. 2018, ' +
    'but in the order of time).',
  'random.v1':
    'Each event by itself, by a hash of (user, item): a fifth is the test, a tenth validation. Training sees the future.',
  'random.tenth.v1': 'The same with a tenth in the test.',
}

const STANDING_TEXT: Readonly<Record<Protocol['standing'], string>> = {
  honest: 'honest',
  sampled: 'sampled: not comparable with full ranking',
  ratings: 'for RMSE and MAE only',
  inflated: '**inflated: nobody’s result**',
}

const METRIC_TEXT: Readonly<Record<(typeof USER_METRICS)[number], string>> = {
  precision: '\\|L∩R\\| / k, always by k, also where a list is shorter',
  recall: '\\|L∩R\\| / \\|R\\|',
  recall_capped: '\\|L∩R\\| / min(k, \\|R\\|)',
  ndcg: 'Σ over hits of 1/log₂(rank + 2), by the same sum over ranks 0 … min(k, \\|R\\|) − 1',
  hit_rate: '1 if L∩R is not empty, else 0; shown as HR',
  mrr: '1 / (rank + 1) of the first hit, 0 without one',
  map: 'Σ over hits of the precision at their place, by min(k, \\|R\\|)',
}

const FLAG_TEXT: Readonly<Record<LeakFlag['code'], string>> = {
  precision_equals_recall:
    'equal to four digits, though users have not k targets on average. P = R needs Σ hits·(1/k − 1/|R|) = 0.',
  impossible_precision: 'above the mean of min(k, |R|) / k, which a perfect model reaches.',
  below_popularity: 'NDCG below that of the most popular items under the same protocol.',
  test_in_training: 'targets that were trained on, or are in the history that the model is asked with.',
  poor_ranker:
    'no leak, but known of the kind of model: it is not to be trusted with ranking, whatever its figures are.',
}

function candidatesText(candidates: Candidates): string {
  if (candidates === 'all-items') return 'all items'
  if (candidates === 'train-items') return 'items with a training event'
  if (candidates === 'own-test-items') return "the user's own held-out items"
  return `the target and ${candidates.negatives} items drawn ${candidates.drawn}, seed ${candidates.seed}`
}

function targetsText(targets: Relevant): string {
  if (targets === 'all') return 'all held-out items'
  if (targets === 'last') return 'the last held-out item'
  if ('bestRated' in targets) return `the ${targets.bestRated} best rated held-out items`
  return `held-out items rated ${targets.ratedAtLeast} or more`
}

const row = (protocol: Protocol) =>
  `| \`${protocol.id}\` | ${STANDING_TEXT[protocol.standing]} | \`${protocol.split}\` | ${candidatesText(protocol.candidates)} | ` +
  `${targetsText(protocol.targets)} | ${protocol.seenFiltered ? 'filtered' : 'kept'} | ${protocol.ties} | ${protocol.equalTimes} | ` +
  `${protocol.precision} |`

/** How numbers are measured, from the values that measure them. */
export function protocolsPage(): string {
  return `# Protocols

Written by \`npm run docs\` from \`recommenders/src/evaluation/\` (\`protocol.ts\`, \`splits/\`, \`metrics.ts\`): the values that measure. Precision
at 10 means nothing without them: the same model has 0.01 under one and 0.8 under another (\`docs/why-0.86.md\`). So each metric, run and
gate carries a protocol id, and a change of anything below is a new version of the id.

| id | standing | split | candidates | targets | seen items | ties | equal timestamps | precision |
|---|---|---|---|---|---|---|---|---|
${PROTOCOLS.map(row).join('\n')}

\`inflated.a.uniN.v1\` is the first inflated one with N negatives.

## What may be compared

Figures with equal protocol ids, at equal k, on equal data: the gate compares the data's digest too. Nothing else, in particular not full with
sampled ranking, and not leave-one-out with the split by time, which halves every figure. Between two models of one protocol a
difference counts when the paired test below says so. Sampled figures do not even order models as full ranking does
(Krichene and Rendle 2020). Which protocol decides on which data: \`docs/adr/0009-the-protocol-that-leaves-users-enough.md\`.

## Splits

${(Object.keys(SPLITS) as SplitId[]).map((id) => `- \`${id}\`: ${SPLIT_TEXT[id]}`).join('\n')}

Events are in the order of time. Those of one user with the same timestamp are in the order of the source's rows where the source is
itself in time order ("user item" files), and else in that of a hash of (user, item): MovieLens' files are sorted by film, and their row
order would tell the film's id. The order that was used is on the run. A target is an item that the user has not had in
training, once however often it follows. Users without a target are not asked.

Validation chooses parameters; every figure that is shown is of the test.

## Ranking

A model scores every item from the user's history, which is their training part (under \`strong.v1\` their first 80 %). Items of the
history are no candidates, nor is what the model gives no number (−∞, NaN). A target that is no candidate, such as an item without a
training event, is a miss. The rank of a target, from 0, is the number of candidates with a higher score plus half of the others
with an equal one. The same with all of the equal ones, so that every tie is lost, is logged as \`pessimistic\`: where it is far below, the model
scores many items alike. Lists order equal scores by item id.

Negatives are drawn without replacement from the items that are neither in the user's history nor a target, by a stream of random
numbers that depends on the user's id and the seed alone. By popularity: with probabilities by the number of training events.

## Metrics

For a user with relevant items R and a list L of k places; means over all users who are asked.

| metric | of one user |
|---|---|
${USER_METRICS.map((metric) => `| \`${metric}\` | ${METRIC_TEXT[metric]} |`).join('\n')}

With one target recall is HR, precision is a k-th of it, and MAP is MRR. \`hits / targets\` instead of \`hits / k\` for precision is what the inflated
protocols do. Over all lists: \`coverage\` is the share of the candidates that occur in any of them, \`novelty\` the mean over listed
items of −log₂ of their share of the training events. \`rmse\` and \`mae\` are over all held-out ratings, of models that predict ratings.

## Intervals and the paired test

Users are resampled with replacement ${RESAMPLES} times, seeded; the interval is between the ${percent((1 - CONFIDENCE) / 2)} and ${percent((1 + CONFIDENCE) / 2)} quantiles of the means (${percent(CONFIDENCE)}). For two models
on the same users the differences are resampled: p = 2·(min(#{mean ≤ 0}, #{mean ≥ 0}) + 1) / ${RESAMPLES + 1}, at most 1. At 6,040 users an HR of 0.3 has an
interval of ± 0.012, at 671 users ± 0.035: models closer than that are not apart, unless the paired test says so.

## Leak checks

Made on each evaluation, written on the run (tag \`cairn.leak_flags\`), shown by \`cairn bench\` and the dashboard, and the gate stops at them.

${Object.entries(FLAG_TEXT)
  .map(([code, text]) => `- \`${code}\`: ${text}`)
  .join('\n')}
`
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`
