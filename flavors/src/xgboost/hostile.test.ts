import { ApiError } from '@cairn/platform/errors'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anXgboostModel } from '../testing/xgboost-model.js'
import type { TreeBooster, XgboostModel } from './model.js'
import { readXgboost } from './read.js'
import { XgboostScorer } from './scorer.js'
import { goldenFiles, readGolden } from './testing/golden.js'
import { xgboostJson, xgboostUbj } from './write.js'

const good = anXgboostModel({ features: 3, trees: 2, depth: 3, categories: true, seed: 3 })

interface Json {
  [key: string | number]: Json
}
const list = (json: Json | undefined) => json as unknown as unknown[]

/** Encodes the model's document after a change. */
function changed(change: (document: Json) => void): Uint8Array {
  const document = JSON.parse(xgboostJson(good)) as Json
  change(document)
  return Buffer.from(JSON.stringify(document))
}
const treeOf = (document: Json) => document.learner!.gradient_booster!.model!.trees![0]!
const set = (holder: Json | undefined, key: string | number, value: unknown) => {
  ;(holder as unknown as Record<string | number, unknown>)[key] = value
}

describe('rejects an inconsistent file and names the position', () => {
  test.each<[string, (document: Json) => void, RegExp]>([
    ['a cycle', (d) => set(treeOf(d).left_children, 1, 0), /tree 0: node 0 is reached twice/],
    ['a child of two', (d) => set(treeOf(d).right_children, 0, 1), /node 1 is reached twice/],
    ['a node that is its own child', (d) => set(treeOf(d).left_children, 0, 0), /node 0 is reached twice/],
    ['a missing child', (d) => set(treeOf(d).right_children, 0, 99), /node 0 has child 99 of/],
    ['a child below −1', (d) => set(treeOf(d).left_children, 0, -7), /child -7/],
    ['half a leaf', (d) => set(treeOf(d).right_children, 0, -1), /child -1/],
    ['a missing feature', (d) => set(treeOf(d).split_indices, 0, 3), /splits by feature 3 of 3/],
    ['a negative feature', (d) => set(treeOf(d).split_indices, 0, -1), /feature -1/],
    [
      'half a node id',
      (d) => set(treeOf(d).left_children, 0, 0.5),
      /left_children: must be a list of 32-bit/,
    ],
    ['a node id beyond 32 bits', (d) => set(treeOf(d).left_children, 0, 2 ** 40), /32-bit/],
    [
      'a list that is too short',
      (d) => list(treeOf(d).split_conditions).pop(),
      /split_conditions: must have \d+ entries/,
    ],
    ['a list that is too long', (d) => list(treeOf(d).default_left).push(1), /default_left: must have/],
    ['a truth that is 2', (d) => set(treeOf(d).default_left, 0, 2), /zeros and ones/],
    [
      'a list that is text',
      (d) => set(treeOf(d), 'sum_hessian', 'x'),
      /sum_hessian: must be a list of numbers/,
    ],
    ['no list', (d) => set(treeOf(d), 'parents', undefined), /parents: must be a list/],
    [
      'a thousand million nodes',
      (d) => set(treeOf(d).tree_param, 'num_nodes', '1000000000'),
      /num_nodes: must be/,
    ],
    ['no nodes', (d) => set(treeOf(d).tree_param, 'num_nodes', '0'), /num_nodes: must be an integer from 1/],
    ['nodes in words', (d) => set(treeOf(d).tree_param, 'num_nodes', 'many'), /num_nodes: must be/],
    [
      'wide leaves without weights',
      (d) => set(treeOf(d).tree_param, 'size_leaf_vector', '9999'),
      /base_weights/,
    ],
    [
      'categories beyond the end',
      (d) => set(treeOf(d).categories_sizes, 0, 1e6),
      /categories_segments\[0\]: beyond/,
    ],
    ['categories of a negative size', (d) => set(treeOf(d).categories_sizes, 0, -1), /beyond/],
    ['a category beyond float32', (d) => set(treeOf(d).categories, 0, 2 ** 24), /category 16777216/],
    [
      'a categorical node that is not listed',
      (d) => set(treeOf(d).split_type, 0, 1 - Number(list(treeOf(d).split_type)[0])),
      /categories_nodes/,
    ],
    [
      'a tree too few',
      (d) => list(d.learner!.gradient_booster!.model!.trees).pop(),
      /1 trees, but num_trees is 2/,
    ],
    [
      'trees that are none',
      (d) => set(d.learner!.gradient_booster!.model!.trees, 0, 'tree'),
      /trees\[0\]: must be an object/,
    ],
    ['a missing group', (d) => set(d.learner!.gradient_booster!.model!.tree_info, 0, 1), /output 1 of 1/],
    [
      'iterations out of order',
      (d) => set(d.learner!.gradient_booster!.model!.iteration_indptr, 1, 9),
      /iteration offsets/,
    ],
    ['another booster', (d) => set(d.learner!.gradient_booster, 'name', 'forest'), /not 'forest'/],
    [
      'another objective',
      (d) => set(d.learner!.objective, 'name', 'reg:custom'),
      /objective 'reg:custom' is not one of/,
    ],
    [
      'objective parameters that are none',
      (d) => set(d.learner!.objective, 'reg_loss_param', 'x'),
      /must be an object/,
    ],
    ['a base score in words', (d) => set(d.learner!.learner_model_param, 'base_score', 'half'), /base_score/],
    [
      'two base scores',
      (d) => set(d.learner!.learner_model_param, 'base_score', '[1E0,2E0]'),
      /2 base scores for 1/,
    ],
    ['a name too few', (d) => set(d.learner, 'feature_names', ['a']), /1 featureNames for 3 features/],
    ['one name twice', (d) => set(d.learner, 'feature_names', ['a', 'b', 'a']), /names repeat/],
    [
      'attributes that are not text',
      (d) => set(d.learner, 'attributes', { best_iteration: 3 }),
      /must be text/,
    ],
    ['no learner', (d) => set(d, 'learner', undefined), /learner: must be an object/],
    [
      'a memory snapshot',
      (d) => {
        set(d, 'learner', undefined)
        set(d, 'Model', {})
      },
      /Booster.save_model/,
    ],
    ['a version in words', (d) => set(d, 'version', ['3', '2', '0']), /version/],
  ])('%s', (_, change, message) => {
    const read = () => readXgboost(changed(change), 'model.json')
    expect(read).toThrow(message)
    expect(read).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' }))
  })

  test.each([
    ['binf\u0000\u0000', /binary format.*save_model\('model.ubj'\)/],
    ['bs64AAAA', /binary format/],
    ['\u0000\u0000\u0000?', /binary format/],
    ['', /neither JSON nor UBJSON/],
    ['[]', /neither JSON nor UBJSON/],
    ['{}', /learner: must be an object/],
  ])('%j', (start, message) => {
    expect(() => readXgboost(Buffer.from(start, 'latin1'), 'model.bin')).toThrow(message)
  })

  test('a leaf that is not finite', () => {
    const booster = good.booster as TreeBooster
    const [first] = booster.trees
    const conditions = first!.splitConditions.map((value, node) =>
      first!.leftChildren[node] === -1 ? NaN : value,
    )
    const model = {
      ...good,
      booster: { ...booster, trees: [{ ...first!, splitConditions: conditions }, booster.trees[1]!] },
    }
    expect(() => xgboostUbj(model as XgboostModel)).toThrow(/tree 0: leaf \d+ has the value NaN/)
  })

  test('category sets that would fill the memory', () => {
    const many = changed((document) => {
      for (const tree of list(document.learner!.gradient_booster!.model!.trees))
        list((tree as Json).categories).fill(2 ** 24 - 1)
    })
    const model = readXgboost(many, 'model.json')
    const booster = model.booster as TreeBooster
    const trees = Array.from({ length: 200 }, () => booster.trees[0]!)
    const swollen = {
      ...model,
      booster: {
        ...booster,
        trees,
        treeGroups: new Int32Array(200),
        iterationOffsets: Int32Array.of(0, 200),
      },
    }
    expect(() => new XgboostScorer(swollen)).toThrow(/category sets/)
  })
})

test('rejects corrupt or truncated bytes, or scores', () => {
  const files = goldenFiles.filter((name) => /^(cat|dart|logit)\./.test(name)).map(readGolden)
  const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  const damage = fc.record({
    file: fc.constantFrom(...files),
    changes: fc.array(fc.tuple(position, fc.nat(255)), { maxLength: 4 }),
    cut: fc.option(position),
  })
  fc.assert(
    fc.property(damage, ({ file, changes, cut }) => {
      const bytes = Uint8Array.from(file.bytes)
      for (const [at, byte] of changes) bytes[Math.floor(at * bytes.length)] = byte
      const damaged = cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length))
      try {
        const scorer = new XgboostScorer(readXgboost(damaged, 'damaged'))
        scorer.margins(new Float32Array(scorer.features))
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        expect(error.code).toBe('INVALID_PARAMETER_VALUE')
      }
    }),
    { numRuns: share(300) },
  )
})

describe('files of XGBoost 1.x', () => {
  /** Removes or changes the fields that releases before 1.3, 1.6 and 2.0 did not write or wrote differently. */
  const old = changed((document) => {
    set(document, 'version', [1, 2, 0])
    const { learner } = document
    const model = learner!.gradient_booster!.model!
    for (const key of ['iteration_indptr', 'cats']) set(model, key, undefined)
    for (const key of ['num_target', 'boost_from_average']) set(learner!.learner_model_param, key, undefined)
    set(learner!.learner_model_param, 'base_score', '5E-1')
    for (const key of ['feature_names', 'feature_types']) set(learner, key, undefined)
    for (const tree of list(model.trees) as Json[]) {
      set(tree, 'default_left', list(tree.default_left).map(Boolean))
      set(tree.tree_param, 'size_leaf_vector', '0')
    }
  })

  test('are read and score the same', () => {
    const rows = [0.3, 1, 2, Number.NaN, -1, 0]
    const now = new XgboostScorer(good)
    const then = new XgboostScorer(readXgboost(old, 'model.json'))
    expect(then.margins(rows)).toEqual(now.margins(rows))
    expect(then.margins(rows, { iterations: [0, 1] })).toEqual(now.margins(rows, { iterations: [0, 1] }))
  })

  test('are written in the layout of 3.0', () => {
    expect(readXgboost(xgboostUbj(readXgboost(old, 'model.json')), 'new.ubj').version).toEqual([3, 0, 0])
  })
})
