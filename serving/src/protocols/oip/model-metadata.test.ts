import { expect, test } from 'vitest'
import { describeModel } from './model-metadata.js'

test('describes the columns of a table', () => {
  const signature = {
    inputs: [
      { type: 'boolean', name: 'flag' },
      { type: 'long', name: 'count' },
      { type: 'string', name: 'label' },
      { type: 'array', name: 'history', items: { type: 'long' } },
      { type: 'object', name: 'context', properties: {} },
    ],
    outputs: [{ type: 'double' }, { type: 'array', name: 'ids', items: { type: 'long' } }],
  }
  expect(describeModel({ name: 'm', version: '3', flavor: 'xgboost', signature })).toEqual({
    name: 'm',
    versions: ['3'],
    platform: 'mlflow_xgboost',
    inputs: [
      { name: 'flag', datatype: 'BOOL', shape: [-1] },
      { name: 'count', datatype: 'INT64', shape: [-1] },
      { name: 'label', datatype: 'BYTES', shape: [-1] },
      { name: 'history', datatype: 'INT64', shape: [-1, -1] },
      { name: 'context', datatype: 'BYTES', shape: [-1] },
    ],
    outputs: [
      { name: 'predict', datatype: 'FP64', shape: [-1] },
      { name: 'ids', datatype: 'BYTES', shape: [-1] },
    ],
  })
})

test('describes tensors with their shapes', () => {
  const tensor = (dtype: string, shape: number[]) => ({ type: 'tensor', 'tensor-spec': { dtype, shape } })
  const signature = {
    inputs: [{ ...tensor('uint8', [-1, 28, 28]), name: 'image' }],
    outputs: [tensor('float32', [-1, 10]), tensor('str', [-1])],
  }
  expect(describeModel({ name: 'g', version: '1', flavor: 'onnx', signature })).toMatchObject({
    platform: 'onnx_onnxv1',
    inputs: [{ name: 'image', datatype: 'UINT8', shape: [-1, 28, 28] }],
    outputs: [
      { name: 'predict', datatype: 'FP32', shape: [-1, 10] },
      { name: 'predict-1', datatype: 'BYTES', shape: [-1] },
    ],
  })
  expect(describeModel({ name: 'g', version: '1', flavor: 'onnx' })).toMatchObject({
    inputs: [],
    outputs: [],
  })
})
