import { invalid } from '@cairn/platform/errors'
import type { Fields } from './fields.js'
import { type Booster, type CategoryNames, evenIterations, type TreeBooster } from './model.js'
import { readTree } from './read-tree.js'

const MAX_TREES = 1 << 24

export function readBooster(learner: Fields): Booster {
  const booster = learner.fields('gradient_booster')
  const name = booster.text('name')
  if (name === 'gbtree') return { kind: name, ...readTrees(booster.fields('model'), learner) }
  if (name === 'dart') return readDart(booster, learner)
  if (name !== 'gblinear') throw booster.invalid('name', `'gbtree', 'dart' or 'gblinear', not '${name}'`)
  const model = booster.fields('model')
  const iterations = model.has('boosted_rounds') ? model.integer('boosted_rounds', 0, 2 ** 31 - 1) : 0
  return { kind: name, weights: model.floats('weights'), iterations }
}

/** Releases after 3.x store the tree weights inside the model. */
function readDart(booster: Fields, learner: Fields): TreeBooster {
  const model = booster.has('gbtree') ? booster.fields('gbtree').fields('model') : booster.fields('model')
  const weights = booster.has('weight_drop') ? booster : model
  const trees = readTrees(model, learner)
  return { kind: 'dart', ...trees, treeWeights: weights.floats('weight_drop', trees.trees.length) }
}

function readTrees(model: Fields, learner: Fields): Omit<TreeBooster, 'kind'> {
  const parameters = model.fields('gbtree_model_param')
  const list = model.list('trees')
  const count = parameters.integer('num_trees', 0, MAX_TREES)
  if (count !== list.length)
    throw invalid(`${model.path}.trees: ${list.length} trees, but num_trees is ${count}`)
  const parallelTrees = parameters.has('num_parallel_tree')
    ? parameters.integer('num_parallel_tree', 0, MAX_TREES) || 1
    : 1
  const classes = learner.fields('learner_model_param').integer('num_class', 0, 1 << 16)
  const categoryNames = model.has('cats') ? readCategoryNames(model.fields('cats')) : undefined
  return {
    trees: list.map(readTree),
    treeGroups: model.integers('tree_info', count),
    iterationOffsets: model.has('iteration_indptr')
      ? model.integers('iteration_indptr')
      : evenIterations(count, parallelTrees * Math.max(classes, 1)),
    parallelTrees,
    ...(categoryNames && { categoryNames }),
  }
}

/** Text is stored as bytes with offsets; features without categories are empty. */
function readCategoryNames(cats: Fields): TreeBooster['categoryNames'] {
  const names = cats.list('enc').map((feature): CategoryNames | undefined => {
    if (!feature.has('offsets'))
      return {
        type: feature.integer('type', 0, 255),
        values: Float64Array.from(feature.numbers('values'), Number),
      }
    const offsets = feature.integers('offsets')
    if (offsets.length < 2) return undefined
    const bytes = Buffer.from(Uint8Array.from(feature.integers('values')))
    for (let i = 0; i < offsets.length; i++)
      if (offsets[i]! < (offsets[i - 1] ?? 0) || offsets[i]! > bytes.length)
        throw feature.invalid('offsets', `ascending within the ${bytes.length} bytes of values`)
    const texts = Array.from({ length: offsets.length - 1 }, (_, i) =>
      bytes.toString('utf8', offsets[i], offsets[i + 1]),
    )
    return { type: 'text', values: texts }
  })
  return names.some((feature) => feature) ? names : undefined
}
