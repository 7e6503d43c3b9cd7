import { expect, test } from 'vitest'
import { completeModelFiles, setMlmodelFields } from './model-files.js'

const identity = { artifact_path: 'mlflow-artifacts:/1/models/m-1/artifacts', model_id: 'm-1', run_id: 'r1' }

test('setMlmodelFields replaces top-level scalars, adds missing ones and preserves the rest', () => {
  const text = "flavors:\n  als:\n    model_id: inner\nmodel_id: null\nutc_time_created: '2026'"
  expect(setMlmodelFields(text, { model_id: 'm-$&', run_id: 'r1' })).toBe(
    'flavors:\n  als:\n    model_id: inner\nmodel_id: "m-$&"\nutc_time_created: \'2026\'\nrun_id: "r1"\n',
  )
})

test('generates MLmodel with the signature as JSON text and the input example', async () => {
  const files = await completeModelFiles(
    { 'weights.bin': new Uint8Array([1]) },
    {
      flavors: { mine: { data: 'weights.bin' } },
      signature: { inputs: [{ type: 'long', name: 'x' }] },
      inputExample: [{ x: 1 }, { y: 2 }],
    },
    identity,
  )
  const lines = String(files.MLmodel).split('\n')
  expect(lines[0]).toBe('flavors: {"mine":{"data":"weights.bin"}}')
  expect(lines.find((line) => line.startsWith('signature:'))).toContain(
    '"inputs":"[{\\"type\\":\\"long\\",\\"name\\":\\"x\\"}]"',
  )
  expect(lines).toContain('model_id: "m-1"')
  expect(JSON.parse(String(files['serving_input_example.json']))).toEqual({
    dataframe_split: {
      columns: ['x', 'y'],
      data: [
        [1, null],
        [null, 2],
      ],
    },
  })
})

test('rejects a model without flavors', async () => {
  await expect(completeModelFiles({}, {}, identity)).rejects.toThrow(/flavors/)
})
