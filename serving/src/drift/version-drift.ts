import type { VersionDrift } from '@cairn/platform/protocol/cairn/serving-drift'
import type { Baseline } from './baselines.js'
import { type ItemDrift, type ItemSpread, itemDrift, totalOf } from './item-drift.js'
import type { RecordedAnswers, ServedVersion } from './recorded-answers.js'
import { type ScoreDrift, scoreDrift } from './score-drift.js'

/** With fewer answers the index exceeds .1 without any shift. */
export const MIN_ANSWERS = 200
/** The first answers of a version that make a baseline, if its model has none. */
export const FIRST_ANSWERS = 500
/** The number of latest answers that are compared. */
export const COMPARED_ANSWERS = 1_000
const MAX_WINDOWS = 12

/** Compares the answers of a version with its baseline. @param baseline undefined while there are too few answers for one */
export function versionDrift(
  { entity, version }: ServedVersion,
  answers: RecordedAnswers,
  baseline: Baseline | undefined,
): VersionDrift {
  const now = answers.scores.slice(-COMPARED_ANSWERS)
  const times = answers.times.slice(-COMPARED_ANSWERS)
  const facts = {
    served_entity: entity,
    version,
    answers: now.length,
    from: times[0] ?? 0,
    to: times.at(-1) ?? 0,
    baseline: baseline?.source ?? 'first_answers',
    baseline_answers: baseline?.scores.length ?? 0,
  } as const
  if (!baseline || now.length < MIN_ANSWERS) return { ...facts, windows: [] }
  const before = sorted(baseline.scores)
  const items = itemsOf(answers, baseline)
  return {
    ...facts,
    scores: scoresOnWire(scoreDrift(before, sorted(now))),
    ...(items && { items }),
    windows: windowsOf(answers, before),
  }
}

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b)

const scoresOnWire = ({ psi, psiNoise, ks, ksNoise, bins }: ScoreDrift) => ({
  psi,
  psi_noise: psiNoise,
  ks,
  ks_noise: ksNoise,
  bins: bins.map(({ above, upTo, baseline, now }) => ({
    ...(above !== undefined && { above }),
    ...(upTo !== undefined && { up_to: upTo }),
    baseline,
    now,
  })),
})

function itemsOf({ items, itemsPerAnswer }: RecordedAnswers, baseline: Baseline): VersionDrift['items'] {
  const before = baseline.items(itemsPerAnswer)
  if (totalOf(items) === 0 || totalOf(before) === 0) return undefined
  const popular = new Set(baseline.popular)
  const size = baseline.catalogue || new Set([...items.keys(), ...before.keys()]).size
  return itemsOnWire(itemDrift(before, items, { popular, size }), popular.size)
}

function itemsOnWire({ baseline, now, divergence, divergenceNoise }: ItemDrift, popular: number) {
  const both = (name: keyof ItemSpread) => ({ baseline: baseline[name], now: now[name] })
  return {
    popular_share: both('popularShare'),
    popular,
    coverage: both('coverage'),
    gini: both('gini'),
    divergence,
    divergence_noise: divergenceNoise,
  }
}

/** The newest answers in windows of equal size. A partial window of the oldest ones is dropped. */
function windowsOf({ scores, times }: RecordedAnswers, before: readonly number[]): VersionDrift['windows'] {
  const size = Math.max(MIN_ANSWERS, Math.ceil(scores.length / MAX_WINDOWS))
  const windows = Math.floor(scores.length / size)
  return Array.from({ length: windows }, (_, n) => {
    const start = scores.length - (windows - n) * size
    const { psi, ks } = scoreDrift(before, sorted(scores.slice(start, start + size)))
    return { from: times[start]!, to: times[start + size - 1]!, answers: size, psi, ks }
  })
}
