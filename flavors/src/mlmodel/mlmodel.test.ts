import { execFileSync } from 'node:child_process'
import { newFolder } from '@cairn/platform/testing/folders'
import { expect, test } from 'vitest'
import { alsFiles } from '../als/write.js'
import { anAlsModel } from '../testing/als-model.js'
import { writeFolder } from '../testing/write-folder.js'
import { formatMlmodel, parseMlmodel } from './mlmodel.js'

/** Saved by MLflow 3.11. */
const XGBOOST = `flavors:
  python_function:
    data: model.ubj
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.xgboost
    python_version: 3.13.5
  xgboost:
    code: null
    data: model.ubj
    model_class: xgboost.core.Booster
    model_format: ubj
    xgb_version: 3.0.0
is_signature_from_type_hint: false
mlflow_version: 3.11.2.dev0
model_id: null
model_size_bytes: 24745
model_uuid: 9bff1abf4e394282a7d27c6e0c3ba886
prompts: null
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  serving_input_path: serving_input_example.json
  type: dataframe
signature:
  inputs: '[{"type": "double", "name": "a", "required": true}, {"type": "double",
    "name": "b", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: null
type_hint_from_example: false
utc_time_created: '2026-11-25 09:29:32.609233'
`

test("parses MLflow's file with its signature", () => {
  const model = parseMlmodel(XGBOOST)
  expect(model.flavors.xgboost).toMatchObject({
    data: 'model.ubj',
    model_format: 'ubj',
    xgb_version: '3.0.0',
  })
  expect(model.signature).toEqual({
    inputs: [
      { type: 'double', name: 'a', required: true },
      { type: 'double', name: 'b', required: true },
    ],
    outputs: [{ type: 'tensor', 'tensor-spec': { dtype: 'float64', shape: [-1] } }],
  })
  expect(model.model_id).toBeUndefined()
  expect(model.utc_time_created).toBe('2026-11-25 09:29:32.609233')
})

test('parses the params of a signature, also with the older key dtype', () => {
  const params = [
    { name: 'k', type: 'long', default: 10, shape: null },
    { name: 'weights', dtype: 'double', default: [0.5], shape: [-1] },
  ]
  const { signature } = parseMlmodel(`flavors: {als: {}}\nsignature: {params: '${JSON.stringify(params)}'}`)
  expect(signature?.params).toEqual([
    params[0],
    { name: 'weights', type: 'double', default: [0.5], shape: [-1] },
  ])
})

test('preserves unknown keys when reading and writing', () => {
  const once = parseMlmodel(`${XGBOOST}future: {a: [1, null, 'yes']}\n`)
  expect(once.future).toEqual({ a: [1, null, 'yes'] })
  expect(once.prompts).toBeNull()
  expect(parseMlmodel(formatMlmodel(once))).toEqual(once)
})

test('requires only one flavor', () => {
  expect(parseMlmodel('flavors: {als: {}}')).toEqual({ flavors: { als: {} } })
})

const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
  .split('')
  .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[i]}`).join(',')}]`)
  .join('\n')}\nflavors: {als: {}}`

test.each([
  ['nothing', '', /not a mapping/],
  ['a list', '- a', /not a mapping/],
  ['broken YAML', 'a: [1', /not readable as YAML/],
  ['no flavors', 'run_id: x', /flavors/],
  ['a flavor that is text', 'flavors: {als: x}', /flavors\.als/],
  ['a signature that is not JSON', "flavors: {als: {}}\nsignature: {inputs: '[{'}", /signature\.inputs/],
  [
    'params without a name',
    "flavors: {als: {}}\nsignature: {params: '[{}]'}",
    /signature\.params.*name and a type/,
  ],
  ['aliases that multiply', bomb, /not readable as YAML/],
  ['a huge file', `x: ${'y'.repeat(2 << 20)}`, /larger than/],
])('rejects %s', (_, text, message) => {
  expect(() => parseMlmodel(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE', message: expect.stringMatching(message) }),
  )
})

const python = process.env.TEST_PYTHON

test.skipIf(!python)(
  'mlflow loads a model folder (TEST_PYTHON: a Python with mlflow)',
  { timeout: 120_000 },
  async () => {
    const folder = newFolder()
    const files = alsFiles(anAlsModel({ textIds: true }), { team: 'modelling' })
    await writeFolder(folder, files)
    const script = `
import json, sys
from mlflow.models import Model
model = Model.load(sys.argv[1])
example = model.get_serving_input(sys.argv[1])
print(json.dumps({
  'flavors': list(model.flavors),
  'inputs': model.signature.inputs.to_dict(),
  'outputs': model.signature.outputs.input_names(),
  'metadata': model.metadata,
  'created': str(model.utc_time_created),
  'example': json.loads(example),
}))`
    const out = execFileSync(python!, ['-c', script, folder], { encoding: 'utf8' })
    const written = parseMlmodel(String(files.MLmodel))
    expect(JSON.parse(out.trim().split('\n').at(-1)!)).toEqual({
      flavors: ['als'],
      inputs: written.signature!.inputs,
      outputs: ['recommendations', 'source', 'notices'],
      metadata: { team: 'modelling' },
      created: written.utc_time_created,
      example: JSON.parse(String(files['serving_input_example.json'])),
    })
  },
)
