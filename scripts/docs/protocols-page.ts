import { CONFIDENCE, RESAMPLES } from '@cairn/platform/statistics/bootstrap'
import type { LeakFlag } from '@cairn/recommenders/evaluation/leaks'
import { USER_METRICS } from '@cairn/recommenders/evaluation/metrics'
import {
  type Candidates,
  PROTOCOLS,
  type Protocol,
  type TargetRule,
} from '@cairn/recommenders/evaluation/protocol'
import { SPLITS, type SplitId } from '@cairn/recommenders/evaluation/splits/split'

const SPLIT_TEXT: Readonly<Record<SplitId, string>> = {
  'gts.q90.v1':
    'One cut-off time for all users: the 90 % quantile of all timestamps (event ⌊0.9·n⌋ of the sorted events). Earlier events are training, ' +
    'the others test. Validation: the 80 % quantile, up to the 90 % quantile. Only users with a training event are evaluated.',
  'loo.v1':
    "Each user's last event is the test, the one before it validation. Users with fewer than three events are training only. For the " +
    'test a model is fitted on all other events, including validation.',
  'strong.v1':
    'A tenth of the users, by a hash of their id, is the test and another tenth validation. None of their events are trained on; the ' +
    'first 80 % of their events (rounded down) are their history and the rest the targets (strong generalization, Liang et al. 2018, ' +
    'but in time order).',
  'random.v1':
    'Each event independently, by a hash of (user, item): a fifth is the test, a tenth validation. Training contains later events.',
  'random.tenth.v1': 'Like `random.v1` with a tenth in the test.',
}

const STANDING_TEXT: Readonly<Record<Protocol['standing'], string>> = {
  honest: 'honest',
  sampled: 'sampled: not comparable with full ranking',
  ratings: 'for RMSE and MAE only',
  inflated: '**inflated: not a result**',
}

const METRIC_TEXT: Readonly<Record<(typeof USER_METRICS)[number], string>> = {
  precision: '\\|L∩R\\| / k, divided by k even if the list is shorter',
  recall: '\\|L∩R\\| / \\|R\\|',
  recall_capped: '\\|L∩R\\| / min(k, \\|R\\|)',
  ndcg: 'Σ over hits of 1/log₂(rank + 2), divided by the same sum over ranks 0 … min(k, \\|R\\|) − 1',
  hit_rate: '1 if L∩R is not empty, else 0; shown as HR',
  mrr: '1 / (rank + 1) of the first hit, 0 without one',
  map: 'Σ over hits of the precision at their rank, divided by min(k, \\|R\\|)',
}

const FLAG_TEXT: Readonly<Record<LeakFlag['code'], string>> = {
  precision_equals_recall:
    'equal to four digits although users do not have k targets on average. P = R requires Σ hits·(1/k − 1/|R|) = 0.',
  impossible_precision: 'above the mean of min(k, |R|) / k, which a perfect model reaches.',
  below_popularity: 'NDCG below that of the most popular items under the same protocol.',
  test_in_training: 'targets in the training data, or in the history that the model scores.',
  poor_ranker: 'not a leak, but a property of the model kind: it ranks poorly, regardless of its metrics.',
}

function candidatesText(candidates: Candidates): string {
  if (candidates === 'all-items') return 'all items'
  if (candidates === 'train-items') return 'items with a training event'
  if (candidates === 'own-test-items') return "the user's own held-out items"
  return `the target and ${candidates.negatives} items drawn ${candidates.drawn}, seed ${candidates.seed}`
}

function targetsText(targets: TargetRule): string {
  if (targets === 'all') return 'all held-out items'
  if (targets === 'last') return 'the last held-out item'
  if ('bestRated' in targets) return `the ${targets.bestRated} best rated held-out items`
  return `held-out items rated ${targets.ratedAtLeast} or more`
}

const row = (protocol: Protocol) =>
  `| \`${protocol.id}\` | ${STANDING_TEXT[protocol.standing]} | \`${protocol.split}\` | ${candidatesText(protocol.candidates)} | ` +
  `${targetsText(protocol.targets)} | ${protocol.seenFiltered ? 'filtered' : 'kept'} | ${protocol.ties} | ${protocol.equalTimes} | ` +
  `${protocol.precision} |`

/** Renders `docs/protocols.md` from the protocols, splits and metrics of the code. */
export function protocolsPage(): string {
  return `# Protocols

Written by \`npm run docs\` from \`recommenders/src/evaluation/\` (\`protocol.ts\`, \`splits/\`, \`metrics.ts\`): the code that
measures. Precision at 10 is meaningless without a protocol: the same model has 0.01 under one and 0.8 under another
(\`docs/why-0.86.md\`). Therefore each metric, run and gate carries a protocol id, and any change of a protocol is a new version of its id.

| id | standing | split | candidates | targets | seen items | ties | equal timestamps | precision |
|---|---|---|---|---|---|---|---|---|
${PROTOCOLS.map(row).join('\n')}

\`inflated.a.uniN.v1\` is the first inflated one with N negatives.

## What may be compared

Metrics with equal protocol ids, at equal k, on equal data; the gate also compares the digest of the data. Nothing else: in particular not
full with sampled ranking, and not leave-one-out with the split by time, which halves every metric. A difference between two models
under one protocol counts if the paired test below is significant. Sampled metrics do not even order models as full ranking does
(Krichene and Rendle 2020). Which protocol is used on which data: \`docs/adr/0009-the-protocol-that-leaves-users-enough.md\`.

## Splits

${(Object.keys(SPLITS) as SplitId[]).map((id) => `- \`${id}\`: ${SPLIT_TEXT[id]}`).join('\n')}

Events are in time order. Events of one user with equal timestamps are ordered by source row if the source is in time order
("user item" files), otherwise by a hash of (user, item): MovieLens' files are sorted by film, so their row order would leak the film
id. The run records the order. A target is an item that the user has not had in training; repetitions count once. Users without
targets are not evaluated.

Validation is for tuning parameters; all reported metrics are those of the test.

## Ranking

A model scores every item by the user's history, which is their training data (under \`strong.v1\` their first 80 %). Items of the history
and items without a score (−∞, NaN) are not candidates. A target that is not a candidate, such as an item without a training event, is
a miss. The rank of a target, from 0, is the number of candidates with a higher score plus half of the others with an equal score.
\`pessimistic\` counts all of the equal ones, so that targets lose every tie; if it is far below the metric, the model scores many
items equally. Lists order equal scores by item id.

Negatives are drawn without replacement from the items that are neither in the user's history nor targets, by a random stream that
depends on the user's id and the seed alone. By popularity: with probabilities proportional to the number of training events.

## Metrics

For a user with relevant items R and a list L of length k; the reported metric is the mean over all evaluated users.

| metric | for one user |
|---|---|
${USER_METRICS.map((metric) => `| \`${metric}\` | ${METRIC_TEXT[metric]} |`).join('\n')}

With one target, recall equals HR, precision is recall / k, and MAP equals MRR. The inflated protocols compute precision as
\`hits / targets\` instead of \`hits / k\`. Over all lists, \`coverage\` is the share of the candidates that occur in any list, and \`novelty\` the
mean over listed items of −log₂ of their share of the training events. \`rmse\` and \`mae\` are over all held-out ratings, for models that
predict ratings.

## Intervals and the paired test

Users are resampled with replacement ${RESAMPLES} times, with a fixed seed; the interval is between the ${percent((1 - CONFIDENCE) / 2)} and ${percent((1 + CONFIDENCE) / 2)} quantiles of the means (${percent(CONFIDENCE)}). For two models
on the same users the differences are resampled: p = 2·(min(#{mean ≤ 0}, #{mean ≥ 0}) + 1) / ${RESAMPLES + 1}, at most 1. At 6,040 users an HR of 0.3 has an
interval of ± 0.012, at 671 users ± 0.035: closer models do not differ, unless the paired test is significant.

## Leak checks

Every evaluation runs these checks. Flags are written to the run (tag \`cairn.leak_flags\`) and shown by \`cairn bench\` and the dashboard; the
gate fails on them.

${Object.entries(FLAG_TEXT)
  .map(([code, text]) => `- \`${code}\`: ${text}`)
  .join('\n')}
`
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`
